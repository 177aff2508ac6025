//! No jump and no address of the x86 kernels depends on a secret: read off the machine code of this very program.
//!
//! valgrind does not emulate AVX-512, GFNI and SHA, so that the taint check cannot run what modern servers run. Here nothing
//! runs: objdump takes the program apart, and each function of the kernels is followed instruction by instruction
//! ([`flow`]). Keys and texts are read by bytes, by 32 bits and by vectors, so whatever is read so is secret; words of 64
//! bits are pointers and lengths. The portable code, the SM2 and the RSA arithmetic keep secrets in words: those are
//! valgrind's (`secret_taint`, `taint_tests`). Planted leaks must be found, or the check would count for nothing.

mod flow;
mod instruction;
#[path = "../../../../tests/common/skip.rs"]
mod skip;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::Command;

use cardseal_kernels::{Backend, aes256_cbc, rsa, sha256::Sha256, sm2};
use instruction::Instruction;

/// Modules of kernels, and how many functions of each there are at least.
const KERNELS: [(&str, usize); 15] = [
    ("cardseal_kernels::sm4::avx512_gfni::", 2),
    ("cardseal_kernels::sm4::avx2::gfni::", 2),
    ("cardseal_kernels::sm4::avx2::aesni::", 2),
    ("cardseal_kernels::sm4::sse_aesni::", 3),
    ("cardseal_kernels::sm4::gfni_key::avx512::", 1),
    ("cardseal_kernels::sm4::gfni_key::avx2::", 1),
    ("cardseal_kernels::ghash::vpclmul::", 2),
    ("cardseal_kernels::ghash::clmul::", 2),
    ("cardseal_kernels::stitched::avx512::", 1),
    ("cardseal_kernels::aesni::", 4),
    ("cardseal_kernels::aesni::decrypt::", 1),
    ("cardseal_kernels::aesni::vaes::", 2),
    ("cardseal_kernels::sha256::compress::", 1),
    ("cardseal_kernels::rsa::ifma::", 5),
    ("cardseal_kernels::sm2::wide::", 1),
];

/// Coordinates of the curve's generator (GB/T 32918.5).
const GENERATOR: ([u8; 32], [u8; 32]) = (
    *b"\x32\xc4\xae\x2c\x1f\x19\x81\x19\x5f\x99\x04\x46\x6a\x39\xc9\x94\
       \x8f\xe3\x0b\xbf\xf2\x66\x0b\xe1\x71\x5a\x45\x89\x33\x4c\x74\xc7",
    *b"\xbc\x37\x36\xa2\xf4\xf6\x77\x9c\x59\xbd\xce\xe3\x6b\x69\x21\x53\
       \xd0\xa9\x87\x7c\xc6\x2a\x47\x40\x02\xdf\x32\xe5\x21\x39\xf0\xa0",
);

type Functions = BTreeMap<String, Vec<Instruction>>;

/// The functions of this program, by their names; of one that there is twice, both in one entry each.
fn functions() -> Option<Functions> {
    let this = std::env::current_exe().expect("the path of this test");
    let output = Command::new("objdump")
        .args(["-d", "--no-show-raw-insn", "-M", "intel", "-C"])
        .arg(this)
        .output()
        .ok()?;
    assert!(output.status.success(), "objdump reads this program");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut functions = Functions::new();
    let mut name = String::new();
    for line in text.lines() {
        if let Some((address, title)) = line.split_once(" <")
            && let Some(title) = title.strip_suffix(">:")
        {
            name = title.to_owned();
            if functions.contains_key(&name) {
                name = format!("{title} at {address}");
            }
        } else if let Some(instruction) = Instruction::parse(line) {
            functions.entry(name.clone()).or_default().push(instruction);
        }
    }
    Some(functions)
}

#[test]
fn a23_no_jump_and_no_address_of_a_kernel_depends_on_a_secret() {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        println!("N/A disassembly: it reads x86-64");
        return;
    }
    let Some(functions) = functions() else {
        return skip::skip("disassembly", "objdump is not installed");
    };
    // What nothing uses is not in the program.
    black_box(Backend::available().count());
    let mut blocks = [[7; 16]; 8];
    aes256_cbc::Encryptor::new(&[7; 32], &[3; 16]).encrypt(black_box(&mut blocks));
    aes256_cbc::encrypt(&[7; 32], &[3; 16], black_box(&mut blocks));
    aes256_cbc::decrypt::in_place(&[7; 32], &[3; 16], black_box(&mut blocks));
    for bytes in [128, 192, 256, 384, 512] {
        black_box(rsa::WrapKey::new(black_box(&vec![0xc5; bytes])).is_ok());
    }
    // The generator, for a random scalar.
    let (x, y) = GENERATOR;
    let key = sm2::WrapKey::from_affine(black_box(&x), black_box(&y)).expect("on the curve");
    let random = &mut |bytes: &mut [u8]| -> Result<(), ()> {
        bytes.fill(black_box(7));
        Ok(())
    };
    black_box(key.wrap(&[7; 16], random)).expect("a scalar in range");
    let (mut hash, texts) = (Sha256::new(), [[5; 64]; 4]);
    let mut encryptor = aes256_cbc::Encryptor::new(&[7; 32], &[3; 16]);
    encryptor.encrypt_and_hash(black_box(&mut blocks), &mut hash, &texts);
    black_box((blocks, hash.finish(b"")));
    black_box(
        [planted::branch, planted::look_up, planted::out_of_a_vector]
            .map(|leak| leak(black_box(&[7; 16]))),
    );

    let mut wrong = Vec::new();
    for (module, least) in KERNELS {
        let of_module: Vec<_> = functions
            .iter()
            .filter(|(name, _)| name.starts_with(module))
            .collect();
        assert!(
            of_module.len() >= least,
            "{} functions of {module} are few",
            of_module.len()
        );
        for (name, function) in &of_module {
            wrong.extend(
                flow::leaks(function)
                    .into_iter()
                    .map(|leak| format!("{name}: {leak}")),
            );
        }
        let instructions: usize = of_module.iter().map(|(_, function)| function.len()).sum();
        println!(
            "REACHED {module} {} functions, {instructions} instructions: no jump and no address depends on a secret",
            of_module.len()
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    for leak in ["branch", "look_up", "out_of_a_vector"] {
        let name = format!("disassembly::planted::{leak}");
        let function = functions.get(&name).unwrap_or_else(|| panic!("no {name}"));
        assert!(
            !flow::leaks(function).is_empty(),
            "the planted {leak} is not found"
        );
        println!("REACHED planted {leak}: found");
    }
}

/// Each leaks its key.
mod planted {
    use std::hint::black_box;

    /// A comparison that stops at the first difference.
    #[inline(never)]
    pub(crate) fn branch(key: &[u8; 16]) -> u8 {
        let mut same = 0;
        while same < 16 && key[usize::from(same)] == 7 {
            same = black_box(same + 1);
        }
        same
    }

    /// An S-box kept in memory.
    #[inline(never)]
    pub(crate) fn look_up(key: &[u8; 16]) -> u8 {
        let table = black_box(&[0x5a; 256]);
        // Else the compiler would pass the one byte instead of the key.
        table[usize::from(black_box(key)[3])]
    }

    /// A jump by a comparison of vectors.
    #[inline(never)]
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn out_of_a_vector(key: &[u8; 16]) -> u8 {
        use std::arch::x86_64::{
            __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_setzero_si128,
        };
        // SAFETY: SSE2 is in every x86-64 processor, and the key has sixteen bytes.
        let equal = unsafe {
            let key = _mm_loadu_si128(key.as_ptr().cast::<__m128i>());
            _mm_movemask_epi8(_mm_cmpeq_epi8(key, _mm_setzero_si128()))
        };
        if equal == 0 {
            black_box(1)
        } else {
            black_box(2)
        }
    }

    #[inline(never)]
    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn out_of_a_vector(key: &[u8; 16]) -> u8 {
        key[0]
    }
}
