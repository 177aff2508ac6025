//! Formats of public keys that must be converted first, each with the command that converts it.

use core::fmt;

use super::KeyCoding;

/// A format of a public key that this library does not read.
///
/// [`KeyRejected::command`](super::KeyRejected::command) returns the command that prints the key as PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFormat {
    /// An X.509 certificate.
    Certificate,
    /// A certificate request, PKCS#10.
    CertificateRequest,
    /// A bundle of certificates, PKCS#7.
    Pkcs7,
    /// An OpenSSH line: `ssh-rsa AAAA…`.
    OpenSsh,
    /// A block of RFC 4716: `---- BEGIN SSH2 PUBLIC KEY ----`.
    Ssh2,
    /// `<RSAKeyValue>`, as .NET writes it (XML-DSig).
    DotNetXml,
    /// Text in UTF-16.
    Utf16,
    /// Base64 of base64.
    TwiceBase64,
    /// A compressed point, without its algorithm: 02 or 03, then x.
    CompressedPoint,
    /// SubjectPublicKeyInfo of an RSA key without the NULL that RFC 3279, 2.3.1, has after the algorithm.
    RsaWithoutNull,
}

impl KeyFormat {
    /// The command that prints the key as PEM, for a POSIX shell with OpenSSL 3; `FILE` stands for the file.
    pub(crate) fn command(self, coding: &KeyCoding) -> String {
        match self {
            Self::Certificate => coding.openssl("x509", "-noout -pubkey"),
            Self::CertificateRequest => coding.openssl("req", "-noout -pubkey"),
            Self::Pkcs7 => coding.openssl("pkcs7", "-print_certs | openssl x509 -noout -pubkey"),
            Self::OpenSsh => coding.on_a_file("ssh-keygen -e -m PKCS8 -f FILE"),
            Self::Ssh2 => coding
                .on_a_file("ssh-keygen -i -f FILE >FILE.pub && ssh-keygen -e -m PKCS8 -f FILE.pub"),
            Self::DotNetXml => coding.on_a_file(DOT_NET),
            Self::Utf16 | Self::TwiceBase64 => coding.printed(),
            Self::RsaWithoutNull => coding.openssl("pkey -pubin", ""),
            Self::CompressedPoint => {
                let bytes = coding.printed();
                format!(
                    "(echo 3039301306072a8648ce3d020106082a811ccf5501822d032200 | xxd -r -p; {bytes}) | \
                     openssl ec -pubin -inform DER -conv_form uncompressed"
                )
            }
        }
    }
}

/// The two numbers of the XML, as OpenSSL's own language for DER has them.
const DOT_NET: &str = "(echo asn1=SEQUENCE:k; echo '[k]'; for m in Modulus Exponent; do printf \"$m=INTEGER:0x\"; \
     tr -d '\\n\\r' <FILE | sed \"s:.*<$m>\\(.*\\)</$m>.*:\\1:\" | base64 -d | xxd -p | tr -d '\\n'; echo; done) \
     >FILE.cnf && openssl asn1parse -genconf FILE.cnf -noout -out FILE.der && \
     openssl rsa -RSAPublicKey_in -inform DER -in FILE.der";

impl fmt::Display for KeyFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "an X.509 certificate",
            Self::CertificateRequest => "a certificate request (PKCS#10)",
            Self::Pkcs7 => "a bundle of certificates (PKCS#7)",
            Self::OpenSsh => "a public key of OpenSSH",
            Self::Ssh2 => "a public key of SSH (RFC 4716)",
            Self::DotNetXml => "a public key in XML, as .NET writes it",
            Self::Utf16 => "text in UTF-16",
            Self::TwiceBase64 => "in base64 twice",
            Self::CompressedPoint => "a compressed point",
            Self::RsaWithoutNull => {
                "an RSA key without the NULL after its algorithm, which RFC 3279 requires"
            }
        })
    }
}
