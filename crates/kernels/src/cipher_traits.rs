//! The bare SM4 block cipher behind the RustCrypto `cipher` traits.

use cipher::{
    AlgorithmName, Block, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt,
    BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, InOut,
    InOutBuf, Key, KeyInit, KeySizeUser, ParBlocks, ParBlocksSizeUser, consts::U16,
};
use core::fmt;

use crate::{backend::Backend, block::Group, kernel::Kernel, sm4::RoundKeys};

/// SM4 (GB/T 32907-2016) for code written against the `cipher` traits, 16 blocks in parallel.
///
/// The expanded keys are wiped on drop; it can be neither cloned nor printed.
pub struct Sm4 {
    kernel: Kernel,
    encrypting: RoundKeys,
    decrypting: RoundKeys,
}

impl Sm4 {
    /// Expands `key` for `backend`; nothing when this CPU cannot run it.
    pub fn with_backend(key: &[u8; 16], backend: Backend) -> Option<Self> {
        Kernel::detect(backend).map(|kernel| Self::with_kernel(key, kernel))
    }

    /// The backend in use.
    pub fn backend(&self) -> Backend {
        self.kernel.backend()
    }

    fn with_kernel(key: &[u8; 16], kernel: Kernel) -> Self {
        let mut cipher = Sm4 {
            kernel,
            encrypting: RoundKeys::zeroed(),
            decrypting: RoundKeys::zeroed(),
        };
        kernel.expand_key(key, &mut cipher.encrypting);
        cipher.decrypting.0 = cipher.encrypting.0;
        cipher.decrypting.0.reverse();
        cipher
    }
}

impl KeySizeUser for Sm4 {
    type KeySize = U16;
}

impl KeyInit for Sm4 {
    fn new(key: &Key<Self>) -> Self {
        Self::with_kernel(&key.0, Kernel::best())
    }
}

impl BlockSizeUser for Sm4 {
    type BlockSize = U16;
}

impl BlockCipherEncrypt for Sm4 {
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = U16>) {
        f.call(&OneWay {
            kernel: self.kernel,
            keys: &self.encrypting,
        });
    }
}

impl BlockCipherDecrypt for Sm4 {
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = U16>) {
        f.call(&OneWay {
            kernel: self.kernel,
            keys: &self.decrypting,
        });
    }
}

impl AlgorithmName for Sm4 {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm4")
    }
}

/// One direction: SM4 decrypts by encrypting with the round keys reversed.
struct OneWay<'k> {
    kernel: Kernel,
    keys: &'k RoundKeys,
}

impl OneWay<'_> {
    /// Runs one block through a group of its own.
    fn run_one(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let mut group = Group::zeroed();
        for (to, from) in group.0.iter_mut().zip(block.get_in()) {
            *to = *from;
        }
        self.kernel.encrypt_group(self.keys, &mut group.0);
        for (to, from) in block.get_out().iter_mut().zip(&group.0) {
            *to = *from;
        }
    }

    /// Runs up to 16 blocks through one group.
    fn run(&self, mut blocks: InOutBuf<'_, '_, Block<Self>>) {
        let mut group = Group::zeroed();
        for (to, from) in group.blocks_mut().iter_mut().zip(blocks.get_in()) {
            *to = from.0;
        }
        self.kernel.encrypt_group(self.keys, &mut group.0);
        for (to, from) in blocks.get_out().iter_mut().zip(group.blocks_mut()) {
            to.0 = *from;
        }
    }
}

impl BlockSizeUser for OneWay<'_> {
    type BlockSize = U16;
}

impl ParBlocksSizeUser for OneWay<'_> {
    type ParBlocksSize = U16;
}

impl BlockCipherEncBackend for OneWay<'_> {
    fn encrypt_block(&self, block: InOut<'_, '_, Block<Self>>) {
        self.run_one(block);
    }

    fn encrypt_par_blocks(&self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
        self.run(blocks.into_buf());
    }

    fn encrypt_tail_blocks(&self, blocks: InOutBuf<'_, '_, Block<Self>>) {
        self.run(blocks);
    }
}

impl BlockCipherDecBackend for OneWay<'_> {
    fn decrypt_block(&self, block: InOut<'_, '_, Block<Self>>) {
        self.run_one(block);
    }

    fn decrypt_par_blocks(&self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
        self.run(blocks.into_buf());
    }

    fn decrypt_tail_blocks(&self, blocks: InOutBuf<'_, '_, Block<Self>>) {
        self.run(blocks);
    }
}
