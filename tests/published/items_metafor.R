# Pools the sets of effects in a CSV (set, log_odds, se, cohort) with metafor and writes one row a set and model.
# Rscript items_metafor.R input.csv output.csv
suppressMessages(library(metafor))
files <- commandArgs(trailingOnly = TRUE)
all <- read.csv(files[1], colClasses = c("character", "numeric", "numeric", "character"))
row <- function(set, model, fit, tau2, i2) {
  ahead <- predict(fit)
  data.frame(set = set, model = model, metafor = as.character(packageVersion("metafor")), effects = fit$k,
             estimate = as.numeric(fit$beta), se = fit$se, low = fit$ci.lb, high = fit$ci.ub,
             expected_low = ahead$pi.lb, expected_high = ahead$pi.ub, tau2 = tau2, i2 = i2, q = fit$QE, q_p = fit$QEp)
}
out <- list()
for (set in unique(all$set)) {
  part <- all[all$set == set, ]
  if (length(unique(part$cohort)) == nrow(part)) {
    for (test in c("knha", "adhoc")) {
      fit <- rma(part$log_odds, sei = part$se, method = "REML", test = test, control = list(threshold = 1e-12, maxiter = 10000))
      out[[length(out) + 1]] <- row(set, test, fit, fit$tau2, fit$I2)
    }
  } else {
    part$effect <- seq_len(nrow(part))
    fit <- rma.mv(log_odds, se^2, random = ~ 1 | cohort / effect, data = part, method = "REML", test = "t",
                  dfs = length(unique(part$cohort)) - 1,
                  control = list(optimizer = "optim", optmethod = "Nelder-Mead", reltol = 1e-15, maxit = 20000))
    out[[length(out) + 1]] <- row(set, "levels", fit, sum(fit$sigma2), NA)
  }
}
table <- do.call(rbind, out)
numbers <- sapply(table, is.numeric)
table[numbers] <- lapply(table[numbers], function(x) sprintf("%.6f", x))
write.csv(table, files[2], row.names = FALSE, quote = FALSE)
