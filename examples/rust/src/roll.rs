use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// `count` dice of `sides` sides each.
#[derive(Debug, PartialEq, Eq)]
pub struct Dice {
    count: u32,
    sides: u32,
}

/// Reads `NdM`, such as `2d6`; `None` if it is not that, or is out of range.
pub fn parse(text: &str) -> Option<Dice> {
    let (count, sides) = text.split_once('d')?;
    let dice = Dice {
        count: count.parse().ok()?,
        sides: sides.parse().ok()?,
    };
    ((1..=100).contains(&dice.count) && (2..=1000).contains(&dice.sides)).then_some(dice)
}

impl Dice {
    /// The sum of one throw.
    pub fn roll(&self) -> u32 {
        let seed = RandomState::new();
        (0..self.count)
            .map(|number| {
                let mut hasher = seed.build_hasher();
                hasher.write_u32(number);
                (hasher.finish() % u64::from(self.sides)) as u32 + 1
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dice() {
        assert_eq!(parse("2d6"), Some(Dice { count: 2, sides: 6 }));
        assert_eq!(parse("0d6"), None);
        assert_eq!(parse("six"), None);
    }

    #[test]
    fn a_throw_is_in_range() {
        for _ in 0..100 {
            let sum = parse("3d6").unwrap().roll();
            assert!((3..=18).contains(&sum));
        }
    }
}
