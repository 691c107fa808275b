//! What was measured, as a table for people and as a line for each figure.

use super::{BenchError, Comparison, Lap, Measured, STEADY_PER_SECOND};

/// Median and 99th percentile.
const P50: f64 = 0.5;
const P99: f64 = 0.99;

/// One side in figures.
struct Figures {
    per_second: f64,
    p50: f64,
    p99: f64,
    steady_p50: f64,
    steady_p99: f64,
}

impl Figures {
    fn of(measured: &Measured) -> Result<Self, BenchError> {
        let (full, steady) = (Lap::in_turn(&measured.full)?, Lap::in_turn(&measured.steady)?);
        Ok(Self {
            per_second: full.per_second(),
            p50: full.quantile_ms(P50),
            p99: full.quantile_ms(P99),
            steady_p50: steady.quantile_ms(P50),
            steady_p99: steady.quantile_ms(P99),
        })
    }
}

/// The rounds apart, so that a disturbed one is seen.
fn rounds(measured: &Measured) -> String {
    let each: Vec<_> = measured.full.iter().map(|lap| format!("{:.0}", lap.per_second())).collect();
    each.join(" / ")
}

impl Comparison {
    /// For people.
    ///
    /// # Errors
    /// Never for laps of the same form.
    pub fn table(&self) -> Result<String, BenchError> {
        let (bare, gateway) = (Figures::of(&self.bare)?, Figures::of(&self.gateway)?);
        let row = |name: &str, figures: &Figures, measured: &Measured| {
            format!(
                "  {name:<16} {:>11.1} {:>9.2} {:>9.2}   {:<17} {:>9.2} {:>9.2}\n",
                figures.per_second,
                figures.p50,
                figures.p99,
                rounds(measured),
                figures.steady_p50,
                figures.steady_p99,
            )
        };
        let head = format!(
            "  {:<16} {:>11} {:>9} {:>9}   {:<17} {:>9} {:>9}\n",
            "", "requests/s", "p50 ms", "p99 ms", "by round", "p50 ms", "p99 ms"
        );
        let options = &self.options;
        Ok(format!(
            "{} lenders; at full load with {} connections, and (right) at {STEADY_PER_SECOND} requests/s; {} × {} s each\n\
             {head}{}{}  throughput ratio {:.2}, added median latency {:.2} ms\n",
            options.lenders,
            options.connections,
            self.bare.full.len(),
            options.time.as_secs(),
            row("bare fan-out", &bare, &self.bare),
            row("gateway", &gateway, &self.gateway),
            gateway.per_second / bare.per_second,
            gateway.steady_p50 - bare.steady_p50,
        ))
    }

    /// For machines: `figure NAME VALUE UNIT`.
    ///
    /// # Errors
    /// As [`Comparison::table`].
    pub fn figures(&self) -> Result<Vec<String>, BenchError> {
        let (bare, gateway) = (Figures::of(&self.bare)?, Figures::of(&self.gateway)?);
        let lenders = self.options.lenders;
        let mut lines = Vec::new();
        for (side, figures) in [("bare", &bare), ("gateway", &gateway)] {
            lines.push(format!("figure quotes_per_second_{side}_{lenders} {:.1} rps", figures.per_second));
            lines.push(format!("figure quotes_p50_{side}_{lenders} {:.3} ms", figures.p50));
            lines.push(format!("figure quotes_p99_{side}_{lenders} {:.3} ms", figures.p99));
            let at = format!("{side}_at_{STEADY_PER_SECOND}rps_{lenders}");
            lines.push(format!("figure quotes_p50_{at} {:.3} ms", figures.steady_p50));
            lines.push(format!("figure quotes_p99_{at} {:.3} ms", figures.steady_p99));
        }
        let ratio = gateway.per_second / bare.per_second;
        lines.push(format!("figure quotes_throughput_ratio_{lenders} {ratio:.3} x"));
        let added = gateway.steady_p50 - bare.steady_p50;
        lines.push(format!("figure quotes_added_median_ms_at_{STEADY_PER_SECOND}rps_{lenders} {added:.3} ms"));
        Ok(lines)
    }
}
