"""The hallway: the standard columns and the contracts of the tables that pass between rooms."""

from kosodachi.tables.columns import CODES, COLUMNS, KINDS, MISSING, MONTHS, Column, Kind
from kosodachi.tables.contracts import CONTRACTS, Contract, checked, contract_of

__all__ = [
    "CODES",
    "COLUMNS",
    "CONTRACTS",
    "KINDS",
    "MISSING",
    "MONTHS",
    "Column",
    "Contract",
    "Kind",
    "checked",
    "contract_of",
]
