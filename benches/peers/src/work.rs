//! What is timed: the works, and one job of one work at one size.

/// One kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// SM4-GCM under a new key: ciphertext and tag.
    Sm4GcmSeal,
    /// The same backwards.
    Sm4GcmOpen,
    /// AES-256-CBC with PKCS#7 padding under a new key.
    AesCbcEncrypt,
    /// The same backwards.
    AesCbcDecrypt,
    /// A key encrypted to an SM2 key: C1, C3, C2.
    Sm2Wrap,
    /// A key encrypted to an RSA-1024 key: PKCS#1 v1.5.
    RsaWrap,
    /// From a plaintext to the body that is sent, and its TC3 signature.
    Request(Suite),
    /// From an image to the body that is sent, and its TC3 signature.
    Image(Suite),
    /// From the body of a reply to its plaintext.
    Reply(Suite),
}

/// Which ciphers a request is sealed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// SM4-GCM, its key wrapped by SM2.
    Sm,
    /// AES-256-CBC, its key wrapped by RSA-1024.
    Intl,
}

impl Suite {
    pub const ALL: [Suite; 2] = [Suite::Sm, Suite::Intl];

    /// The cipher's name on the wire.
    pub fn algorithm(self) -> &'static str {
        match self {
            Suite::Sm => "SM4-GCM",
            Suite::Intl => "AES-256-CBC",
        }
    }

    pub fn key_len(self) -> usize {
        match self {
            Suite::Sm => 16,
            Suite::Intl => 32,
        }
    }

    pub fn iv_len(self) -> usize {
        match self {
            Suite::Sm => 12,
            Suite::Intl => 16,
        }
    }

    fn short(self) -> &'static str {
        match self {
            Suite::Sm => "SM2/SM4",
            Suite::Intl => "RSA/AES",
        }
    }
}

impl Work {
    /// The name in the table.
    pub fn title(self) -> String {
        match self {
            Work::Sm4GcmSeal => "SM4-GCM seal".into(),
            Work::Sm4GcmOpen => "SM4-GCM open".into(),
            Work::AesCbcEncrypt => "AES-256-CBC encrypt".into(),
            Work::AesCbcDecrypt => "AES-256-CBC decrypt".into(),
            Work::Sm2Wrap => "SM2 wrap".into(),
            Work::RsaWrap => "RSA-1024 wrap".into(),
            Work::Request(suite) => format!("request {}", suite.short()),
            Work::Image(suite) => format!("request {}, largest image", suite.short()),
            Work::Reply(suite) => format!("reply {}", suite.short()),
        }
    }

    /// The word that peers in other processes know it by.
    pub fn word(self) -> &'static str {
        match self {
            Work::Sm4GcmSeal => "sm4-gcm-seal",
            Work::Sm4GcmOpen => "sm4-gcm-open",
            Work::AesCbcEncrypt => "aes-cbc-encrypt",
            Work::AesCbcDecrypt => "aes-cbc-decrypt",
            Work::Sm2Wrap => "sm2-wrap",
            Work::RsaWrap => "rsa-wrap",
            Work::Request(Suite::Sm) => "request-sm",
            Work::Request(Suite::Intl) => "request-intl",
            Work::Image(Suite::Sm) => "image-sm",
            Work::Image(Suite::Intl) => "image-intl",
            Work::Reply(Suite::Sm) => "reply-sm",
            Work::Reply(Suite::Intl) => "reply-intl",
        }
    }

    /// Whether it wraps a key: bytes a second say nothing then.
    pub fn is_wrap(self) -> bool {
        matches!(self, Work::Sm2Wrap | Work::RsaWrap)
    }
}

/// One job: everything a contender is given.
pub struct Job {
    pub work: Work,
    /// Bytes of plaintext, or of the image.
    pub bytes: usize,
    /// The session key; for wraps and requests the public key as SubjectPublicKeyInfo.
    pub key: Vec<u8>,
    /// The IV, where the job gives one.
    pub iv: Vec<u8>,
    /// Plaintext, ciphertext (with its tag), image, or the body of a reply.
    pub input: Vec<u8>,
}

/// The account that requests are signed for, and when.
pub mod account {
    pub const ID: &str = "AKIDEXAMPLE";
    pub const SECRET: &str = "bench-secret-key-of-no-account";
    pub const TIMESTAMP: u64 = 1_700_000_000;
    pub const DAY: &str = "2023-11-14";
    pub const HOST: &str = "ocr.tencentcloudapi.com";
    pub const CONTENT_TYPE: &str = "application/json";
    pub const SERVICE: &str = "ocr";
}
