//! What was measured, as a table for people and as a line for each figure.

use super::{LedgerFigures, Measured};

const P50: f64 = 0.5;
const P95: f64 = 0.95;
const P99: f64 = 0.99;

fn row(measured: &Measured) -> String {
    let Measured { name, lap, .. } = measured;
    let [p50, p95, p99] = [P50, P95, P99].map(|share| lap.quantile_ms(share));
    format!("  {name:<24} {:>12.0} {p50:>9.2} {p95:>9.2} {p99:>9.2}\n", measured.postings_per_second())
}

fn figures(name: &str, measured: &Measured) -> Vec<String> {
    let mut lines = vec![format!("figure ledger_{name}_per_second {:.0} postings/s", measured.postings_per_second())];
    for (quantile, share) in [("p50", P50), ("p95", P95), ("p99", P99)] {
        lines.push(format!("figure ledger_{name}_{quantile} {:.3} ms", measured.lap.quantile_ms(share)));
    }
    lines
}

impl LedgerFigures {
    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = format!(
            "  {:<24} {:>12} {:>9} {:>9} {:>9}\n  {:<24} {:>12.0}\n",
            "", "postings/s", "p50 ms", "p95 ms", "p99 ms", "pgbench TPC-B", self.pgbench_per_second
        );
        table.extend([&self.uniform, &self.hot, &self.batches].map(row));
        table.extend(self.offered.iter().map(|(_, measured)| row(measured)));
        table.extend(self.growth.iter().flat_map(|(_, batches, singles)| [row(batches), row(singles)]));
        let (transfers, seconds) = (self.verified.transfers, self.verified_in.as_secs_f64());
        table + &format!("  {transfers} transfers verified in {seconds:.1} s\n")
    }

    /// For machines: `figure NAME VALUE UNIT`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("figure pgbench_tpc_b_per_second {:.0} transactions/s", self.pgbench_per_second)];
        lines.extend(figures("uniform", &self.uniform));
        lines.extend(figures("hot", &self.hot));
        lines.extend(figures("batches", &self.batches));
        for (rate, measured) in &self.offered {
            lines.extend(figures(&format!("offered_{rate:.0}"), measured));
        }
        for (history, batches, singles) in &self.growth {
            lines.extend(figures(&format!("batches_at_{history}"), batches));
            lines.extend(figures(&format!("uniform_at_{history}"), singles));
        }
        let ratio = |name: &str, value: f64| format!("figure {name} {value:.3} x");
        let uniform = self.uniform.postings_per_second();
        lines.push(format!("figure ledger_verify_per_second {:.0} transfers/s", self.verified_per_second()));
        lines.push(ratio("ledger_uniform_to_pgbench", uniform / self.pgbench_per_second));
        lines.push(ratio("ledger_batches_to_pgbench", self.batches.postings_per_second() / self.pgbench_per_second));
        lines.push(ratio("ledger_hot_to_uniform", self.hot.postings_per_second() / uniform));
        if let [.., (_, batches_before, singles_before), (_, batches, singles)] = self.growth.as_slice() {
            let share = |now: &Measured, before: &Measured| now.postings_per_second() / before.postings_per_second();
            lines.push(ratio("ledger_batches_last_to_before", share(batches, batches_before)));
            lines.push(ratio("ledger_uniform_last_to_before", share(singles, singles_before)));
        }
        lines
    }

    fn verified_per_second(&self) -> f64 {
        f64::from(u32::try_from(self.verified.transfers).unwrap_or(u32::MAX)) / self.verified_in.as_secs_f64()
    }
}
