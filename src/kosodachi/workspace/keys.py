"""The key of the identifier zone, and what pseudonyms are drawn from. A key is never a notebook parameter.

The key guards against a lost disk and a careless step, not against an administrator of the same machine.
"""

import hashlib
import os
import secrets
from pathlib import Path

from kosodachi.faults import Fault
from kosodachi.municipality import Municipality

KEY = "KOSODACHI_KEY"
ZONE = "KOSODACHI_ZONE"


def key_file() -> Path:
    """KOSODACHI_KEY_FILE, else a file in the user's own configuration folder, never in the repository."""
    if chosen := os.environ.get("KOSODACHI_KEY_FILE"):
        return Path(chosen)
    base = os.environ.get("APPDATA") or os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "kosodachi" / "key"


def identifier_key() -> str:
    """The key of the encrypted stores as 64 hex digits; made on first use. Refused in a step of the analysis zone."""
    if os.environ.get(ZONE) == "analysis":
        raise Fault("E-KEY-02")
    key = os.environ.get(KEY) or _from_file(key_file())
    if len(key) != 64 or set(key) - set("0123456789abcdef"):
        raise Fault("E-KEY-01", file=str(key_file()), why="not 64 hexadecimal digits")
    return key


def _from_file(file: Path) -> str:
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as out:
                out.write(secrets.token_hex(32))
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Fault("E-KEY-01", file=str(file), why=type(error).__name__) from None


def pseudonym_key(settings: Municipality) -> bytes:
    """What research ids are drawn from: the secret key, or for a synthetic town its seed, so that anyone gets the same."""
    if settings.synthetic:
        return hashlib.sha256(f"synthetic|{settings.key}|{settings.seed}".encode()).digest()
    return hashlib.sha256(f"pseudonym|{settings.key}|{identifier_key()}".encode()).digest()
