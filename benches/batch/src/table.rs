//! What the rounds of one suite came to.

use std::collections::BTreeMap;

use cardseal_gateway::Suite;

use crate::contender::Contender;

/// Cards per second of processor time, by round.
#[derive(Default)]
pub struct Table(BTreeMap<Contender, Vec<f64>>);

impl Table {
    pub fn add(&mut self, contender: Contender, cards_per_second: f64) {
        self.0.entry(contender).or_default().push(cards_per_second);
    }

    /// Prints each one's middle round, and the ratios. Whether the goals are met.
    pub fn print(mut self, suite: Suite) -> bool {
        println!("\n{}", suite.name());
        for contender in Contender::ALL {
            let middle = self.middle(contender);
            println!(
                "  {:24}{middle:9.0} cards per second of processor time, {:7.3} ms a card",
                contender.name(),
                1e3 / middle
            );
        }
        let batch = self.middle(Contender::Batch);
        let beside_python = match suite {
            Suite::Aes256CbcRsa => 5.0,
            _ => 15.0,
        };
        let goals = [(Contender::Python, beside_python), (Contender::Bare, 0.8)];
        let met = goals.map(|(other, goal)| {
            let ratio = batch / self.middle(other);
            let is_met = ratio >= goal;
            let word = if is_met { "met" } else { "MISSED" };
            println!(
                "  batch / {}: {ratio:.2} (at least {goal}: {word})",
                other.name()
            );
            is_met
        });
        met.iter().all(|is_met| *is_met)
    }

    fn middle(&mut self, contender: Contender) -> f64 {
        let rounds = self.0.get_mut(&contender).expect("its rounds");
        rounds.sort_by(f64::total_cmp);
        rounds[rounds.len() / 2]
    }
}
