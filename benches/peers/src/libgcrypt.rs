//! libgcrypt, where this machine has one: SM4-GCM and AES-256-CBC.
//!
//! Loaded at run time, so that the table can be printed without it. Source of the numbers: gcrypt.h.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::hint::black_box;
use std::ptr;
use std::sync::LazyLock;

use libloading::{Library, Symbol};

use crate::contender::{Ready, timed};
use crate::fixture::split_tag;
use crate::work::{Job, Work};

const SONAME: &str = "libgcrypt.so.20";

const AES256: c_int = 9;
const SM4: c_int = 318;
const CBC: c_int = 3;
const GCM: c_int = 9;

type Handle = *mut c_void;
type Open = unsafe extern "C" fn(*mut Handle, c_int, c_int, c_uint) -> c_uint;
type Close = unsafe extern "C" fn(Handle);
type Set = unsafe extern "C" fn(Handle, *const u8, usize) -> c_uint;
type Crypt = unsafe extern "C" fn(Handle, *mut u8, usize, *const u8, usize) -> c_uint;
type Tag = unsafe extern "C" fn(Handle, *mut u8, usize) -> c_uint;
type Version = unsafe extern "C" fn(*const c_char) -> *const c_char;
type Control = unsafe extern "C" fn(c_int, ...) -> c_uint;

/// What is used of the library.
struct Gcrypt {
    version: String,
    open: Symbol<'static, Open>,
    close: Symbol<'static, Close>,
    set_key: Symbol<'static, Set>,
    set_iv: Symbol<'static, Set>,
    encrypt: Symbol<'static, Crypt>,
    decrypt: Symbol<'static, Crypt>,
    get_tag: Symbol<'static, Tag>,
    check_tag: Symbol<'static, Set>,
}

static LIBRARY: LazyLock<Result<Gcrypt, String>> =
    LazyLock::new(|| load().map_err(|error| error.to_string()));

/// `libgcrypt 1.10.1`.
pub fn name() -> String {
    match &*LIBRARY {
        Ok(library) => format!("libgcrypt {}", library.version),
        Err(_) => "libgcrypt".into(),
    }
}

pub fn prepare(job: &Job) -> Ready {
    let library = LIBRARY.as_ref().map_err(Clone::clone)?;
    match job.work {
        Work::Sm4GcmSeal => seal(library, job),
        Work::Sm4GcmOpen => open(library, job),
        Work::AesCbcEncrypt => encrypt(library, job),
        Work::AesCbcDecrypt => decrypt(library, job),
        _ => Err("timed for its ciphers only".into()),
    }
}

fn load() -> Result<Gcrypt, libloading::Error> {
    // SAFETY: the library's initialisers do nothing that this process could mind.
    let library: &'static Library = Box::leak(Box::new(unsafe { Library::new(SONAME) }?));
    // SAFETY: the names are of functions with these signatures (gcrypt.h), in a library that is never unloaded.
    unsafe {
        let check_version: Symbol<'_, Version> = library.get(b"gcry_check_version\0")?;
        let control: Symbol<'_, Control> = library.get(b"gcry_control\0")?;
        let version = CStr::from_ptr(check_version(ptr::null()));
        const DISABLE_SECMEM: c_int = 37;
        const INITIALIZATION_FINISHED: c_int = 38;
        control(DISABLE_SECMEM, 0);
        control(INITIALIZATION_FINISHED, 0);
        Ok(Gcrypt {
            version: version.to_string_lossy().into_owned(),
            open: library.get(b"gcry_cipher_open\0")?,
            close: library.get(b"gcry_cipher_close\0")?,
            set_key: library.get(b"gcry_cipher_setkey\0")?,
            set_iv: library.get(b"gcry_cipher_setiv\0")?,
            encrypt: library.get(b"gcry_cipher_encrypt\0")?,
            decrypt: library.get(b"gcry_cipher_decrypt\0")?,
            get_tag: library.get(b"gcry_cipher_gettag\0")?,
            check_tag: library.get(b"gcry_cipher_checktag\0")?,
        })
    }
}

/// A cipher handle, closed on drop.
struct Cipher {
    library: &'static Gcrypt,
    handle: Handle,
}

impl Cipher {
    fn new(library: &'static Gcrypt, algorithm: c_int, mode: c_int) -> Result<Self, String> {
        let mut handle = ptr::null_mut();
        // SAFETY: `handle` is written once, on success.
        let status = unsafe { (library.open)(&mut handle, algorithm, mode, 0) };
        checked(status)?;
        Ok(Self { library, handle })
    }

    fn rekey(&mut self, key: &[u8], iv: &[u8]) {
        // SAFETY: the handle is open; the pointers are of slices of these lengths.
        let status = unsafe {
            (self.library.set_key)(self.handle, key.as_ptr(), key.len())
                | (self.library.set_iv)(self.handle, iv.as_ptr(), iv.len())
        };
        checked(status).expect("a key and an IV of the right length");
    }

    fn encrypt(&mut self, input: &[u8], output: &mut [u8]) {
        assert_eq!(input.len(), output.len());
        let (to, from) = (output.as_mut_ptr(), input.as_ptr());
        // SAFETY: as above; the slices do not overlap.
        let status =
            unsafe { (self.library.encrypt)(self.handle, to, output.len(), from, input.len()) };
        checked(status).expect("encrypted");
    }

    fn decrypt(&mut self, input: &[u8], output: &mut [u8]) {
        assert_eq!(input.len(), output.len());
        let (to, from) = (output.as_mut_ptr(), input.as_ptr());
        // SAFETY: as above.
        let status =
            unsafe { (self.library.decrypt)(self.handle, to, output.len(), from, input.len()) };
        checked(status).expect("decrypted");
    }

    fn tag(&mut self) -> [u8; 16] {
        let mut tag = [0; 16];
        // SAFETY: as above.
        let status = unsafe { (self.library.get_tag)(self.handle, tag.as_mut_ptr(), tag.len()) };
        checked(status).expect("a tag");
        tag
    }

    fn check_tag(&mut self, tag: &[u8; 16]) {
        // SAFETY: as above.
        let status = unsafe { (self.library.check_tag)(self.handle, tag.as_ptr(), tag.len()) };
        checked(status).expect("genuine");
    }
}

impl Drop for Cipher {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and not used again.
        unsafe { (self.library.close)(self.handle) };
    }
}

fn checked(status: c_uint) -> Result<(), String> {
    match status {
        0 => Ok(()),
        // The code is the low 16 bits (gpg-error.h); 12 is "invalid algorithm".
        error => Err(format!("libgcrypt says {}", error & 0xffff)),
    }
}

fn seal(library: &'static Gcrypt, job: &Job) -> Ready {
    let mut cipher = Cipher::new(library, SM4, GCM)?;
    let (key, iv, input) = (job.key.clone(), job.iv.clone(), job.input.clone());
    let mut seal = move |output: &mut [u8]| {
        cipher.rekey(black_box(&key), &iv);
        cipher.encrypt(black_box(&input), output);
        cipher.tag()
    };
    let mut buffer = vec![0; job.input.len()];
    let tag = seal(&mut buffer);
    let output = [&buffer[..], &tag].concat();
    let run = move |times| {
        timed(times, || {
            black_box(seal(&mut buffer));
        })
    };
    Ok((output, Box::new(run)))
}

fn open(library: &'static Gcrypt, job: &Job) -> Ready {
    let mut cipher = Cipher::new(library, SM4, GCM)?;
    let (key, iv) = (job.key.clone(), job.iv.clone());
    let (sealed, tag) = split_tag(&job.input);
    let mut open = move |output: &mut [u8]| {
        cipher.rekey(black_box(&key), &iv);
        cipher.decrypt(black_box(&sealed), output);
        cipher.check_tag(&tag);
    };
    let mut buffer = vec![0; job.input.len() - 16];
    open(&mut buffer);
    let output = buffer.clone();
    Ok((
        output,
        Box::new(move |times| timed(times, || open(&mut buffer))),
    ))
}

/// libgcrypt pads nothing: the padding is there before the clock starts.
fn encrypt(library: &'static Gcrypt, job: &Job) -> Ready {
    let mut cipher = Cipher::new(library, AES256, CBC)?;
    let (key, iv, mut input) = (job.key.clone(), job.iv.clone(), job.input.clone());
    let pad = 16 - input.len() % 16;
    input.extend(std::iter::repeat_n(pad as u8, pad));
    let mut buffer = vec![0; input.len()];
    let mut encrypt = move |output: &mut [u8]| {
        cipher.rekey(black_box(&key), &iv);
        cipher.encrypt(black_box(&input), output);
    };
    encrypt(&mut buffer);
    let output = buffer.clone();
    Ok((
        output,
        Box::new(move |times| timed(times, || encrypt(&mut buffer))),
    ))
}

fn decrypt(library: &'static Gcrypt, job: &Job) -> Ready {
    let mut cipher = Cipher::new(library, AES256, CBC)?;
    let (key, iv, input) = (job.key.clone(), job.iv.clone(), job.input.clone());
    let mut buffer = vec![0; input.len()];
    let mut decrypt = move |output: &mut [u8]| {
        cipher.rekey(black_box(&key), &iv);
        cipher.decrypt(black_box(&input), output);
    };
    decrypt(&mut buffer);
    let output = buffer[..job.bytes].to_vec();
    Ok((
        output,
        Box::new(move |times| timed(times, || decrypt(&mut buffer))),
    ))
}
