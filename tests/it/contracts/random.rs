//! Cases from a seed: the same on every machine, rich in edges.

use alloy::primitives::aliases::U192;
use alloy::primitives::{Address, B256, Bytes, I256, U256};

/// Of every test here; with the number of a case it names the case.
pub const SEED: u64 = 0x0041_4749_4f00_0001;

/// `splitmix64`.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// Streams of one seed differ from each other.
    pub fn new(stream: u64) -> Self {
        Self(SEED ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Zero where `bound` is.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    pub fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    pub fn word(&mut self) -> U256 {
        U256::from_limbs([self.next(), self.next(), self.next(), self.next()])
    }

    /// Up to so many bits: of any magnitude, and often an edge.
    pub fn magnitude(&mut self, bits: usize) -> U256 {
        let most = U256::MAX >> (256 - bits);
        let shift = usize::try_from(self.below(bits as u64)).unwrap();
        let value = match self.below(12) {
            0 => U256::ZERO,
            1 => U256::ONE,
            2 => most,
            3 => most - U256::ONE,
            4 => U256::ONE << shift,
            5 => (U256::ONE << shift) - U256::ONE,
            6 => U256::from(10).pow(U256::from(self.below(78))),
            _ => self.word() >> shift,
        };
        value & most
    }

    pub fn u64_up_to(&mut self, bits: usize) -> u64 {
        self.magnitude(bits.min(64)).to()
    }

    pub fn u128(&mut self) -> u128 {
        self.magnitude(128).to()
    }

    /// Basis points up to a bound, which is an edge as zero is.
    pub fn bps(&mut self, most: u16) -> u16 {
        match self.below(6) {
            0 => 0,
            1 => most,
            _ => u16::try_from(self.below(u64::from(most) + 1)).unwrap(),
        }
    }

    pub fn list<T>(&mut self, length: u64, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..length).map(|_| one(self)).collect()
    }

    pub fn any<T: Any>(&mut self) -> T {
        T::any(self)
    }
}

/// What a field of a struct may hold, the edges of its type included.
pub trait Any {
    fn any(random: &mut Random) -> Self;
}

macro_rules! any_integer {
    ($($integer:ty: $bits:literal),*) => {$(
        impl Any for $integer {
            fn any(random: &mut Random) -> Self {
                random.magnitude($bits).to()
            }
        }
    )*};
}

any_integer!(u8: 8, u16: 16, u32: 32, u64: 64, u128: 128, U192: 192, U256: 256);

impl Any for bool {
    fn any(random: &mut Random) -> Self {
        random.chance(2)
    }
}

impl Any for I256 {
    fn any(random: &mut Random) -> Self {
        Self::from_raw(if random.chance(2) { random.magnitude(256) } else { random.word() })
    }
}

impl Any for B256 {
    fn any(random: &mut Random) -> Self {
        match random.below(8) {
            0 => Self::ZERO,
            1 => Self::repeat_byte(0xff),
            _ => random.word().into(),
        }
    }
}

impl Any for Address {
    fn any(random: &mut Random) -> Self {
        Self::from_word(random.any())
    }
}

impl Any for Bytes {
    fn any(random: &mut Random) -> Self {
        let length = random.pick(&[0, 1, 20, 31, 32, 33, 64, 65, 100]);
        let bytes: Vec<u8> = random.list(length, Random::any);
        bytes.into()
    }
}

impl<T: Any> Any for Vec<T> {
    fn any(random: &mut Random) -> Self {
        let length = random.pick(&[0, 1, 2, 3, 8]);
        random.list(length, Random::any)
    }
}
