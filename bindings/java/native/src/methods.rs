//! The native methods. Texts are bytes in UTF-8 here, so that nothing is converted twice.

use std::ops::Deref;
use std::sync::Arc;

use cardseal_ffi::{Fault, Table, face};
use jni::objects::{JByteArray, JClass, JLongArray};
use jni::sys::{jbyte, jint, jlong};
use jni::{Env, EnvUnowned};
use secrecy::SecretString;
use zeroize::optimization_barrier;

use crate::thrown::{Failed, Throw};

static RECIPIENTS: Table<Arc<face::Recipient>> = Table::new();
static OPENERS: Table<face::Opener> = Table::new();

/// Numbers of a table fit: they are counted up from 4,096.
pub(crate) fn to_java(number: usize) -> jlong {
    number as jlong
}

pub(crate) fn to_number(handle: jlong) -> usize {
    usize::try_from(handle).unwrap_or(0)
}

pub(crate) fn recipient(handle: jlong) -> Result<Arc<face::Recipient>, Fault> {
    RECIPIENTS.find(to_number(handle)).ok_or_else(|| {
        Fault::input("the recipient is closed; parse the key again, or close it later")
    })
}

fn opener(handle: jlong) -> Result<face::Opener, Fault> {
    OPENERS.take(to_number(handle)).ok_or_else(|| {
        Fault::input("the opener was used or closed; it opens one answer, and each seal gives one")
    })
}

/// A copy of an array, since Java may write to it and move it meanwhile. It is wiped in one sweep: byte by byte, that would
/// take as long as sealing a picture.
pub(crate) struct Copied(Vec<u8>);

impl Copied {
    /// The copy, for what wipes it itself.
    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

impl Deref for Copied {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        self.0.fill(0);
        // Somebody may read them, for all that the compiler knows.
        optimization_barrier(self.0.as_slice());
    }
}

pub(crate) fn bytes(env: &Env<'_>, array: &JByteArray<'_>) -> Result<Copied, Failed> {
    Ok(Copied(env.convert_byte_array(array)?))
}

pub(crate) fn text(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| Fault::input("a text is not UTF-8"))
}

/// `static native long parse(byte[] key)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_parse<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    key: JByteArray<'l>,
) -> jlong {
    env.with_env(|env| -> Result<jlong, Failed> {
        let recipient = face::parse(&bytes(env, &key)?)?;
        Ok(to_java(RECIPIENTS.put(Arc::new(recipient))))
    })
    .resolve::<Throw>()
}

/// `static native byte[] suite(long recipient)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_suite<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    handle: jlong,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Failed> {
        let recipient = recipient(handle)?;
        Ok(env.byte_array_from_slice(recipient.algorithm().as_bytes())?)
    })
    .resolve::<Throw>()
}

/// `static native byte[] seal(long recipient, byte[] plain, long[] opener)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_seal<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    handle: jlong,
    plain: JByteArray<'l>,
    place: JLongArray<'l>,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Failed> {
        let (body, opener) = face::seal(&*recipient(handle)?, &bytes(env, &plain)?)?;
        let body = env.byte_array_from_slice(&body)?;
        hand_over(env, opener, &place)?;
        Ok(body)
    })
    .resolve::<Throw>()
}

/// `static native int sealInto(long recipient, byte[] plain, byte[] body, int from, int room, long[] opener)`: the number of
/// bytes, or -1 where they need more room.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_sealInto<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    handle: jlong,
    plain: JByteArray<'l>,
    body: JByteArray<'l>,
    from: jint,
    room: jint,
    place: JLongArray<'l>,
) -> jint {
    env.with_env(|env| -> Result<_, Failed> {
        let (sealed, opener) = face::seal(&*recipient(handle)?, &bytes(env, &plain)?)?;
        let length = match jint::try_from(sealed.len()) {
            Ok(length) if length <= room => length,
            _ => return Ok(-1),
        };
        body.set_region(env, from, as_java(&sealed))?;
        hand_over(env, opener, &place)?;
        Ok(length)
    })
    .resolve::<Throw>()
}

/// Java has no unsigned bytes.
fn as_java(bytes: &[u8]) -> &[jbyte] {
    // SAFETY: a byte with a sign has the size of one without, and every value is one of it.
    unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len()) }
}

/// Java's name of an opener goes where Java looks for it.
fn hand_over(env: &Env<'_>, opener: face::Opener, place: &JLongArray<'_>) -> Result<(), Failed> {
    let number = OPENERS.put(opener);
    if let Err(error) = place.set_region(env, 0, &[to_java(number)]) {
        drop(OPENERS.take(number));
        return Err(error.into());
    }
    Ok(())
}

/// `static native byte[] open(long opener, byte[] reply)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_open<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    handle: jlong,
    reply: JByteArray<'l>,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Failed> {
        let opened = face::open(opener(handle)?, &bytes(env, &reply)?)?;
        Ok(env.byte_array_from_slice(opened.expose_plaintext())?)
    })
    .resolve::<Throw>()
}

/// `static native byte[] store(long opener)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_store<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    handle: jlong,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Failed> {
        let stored = face::store(opener(handle)?)?;
        Ok(env.byte_array_from_slice(stored.as_bytes())?)
    })
    .resolve::<Throw>()
}

/// `static native long restore(byte[] stored)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_restore<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    stored: JByteArray<'l>,
) -> jlong {
    env.with_env(|env| -> Result<jlong, Failed> {
        let opener = face::restore(&bytes(env, &stored)?)?;
        Ok(to_java(OPENERS.put(opener)))
    })
    .resolve::<Throw>()
}

/// `static native byte[] sign(byte[] scheme, byte[] request, byte[] secretId, byte[] secretKey, long time, byte[] names)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_sign<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    scheme: JByteArray<'l>,
    request: JByteArray<'l>,
    secret_id: JByteArray<'l>,
    secret_key: JByteArray<'l>,
    time: jlong,
    signed_headers: JByteArray<'l>,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Failed> {
        let (scheme, request) = (bytes(env, &scheme)?, bytes(env, &request)?);
        let (id, key) = (bytes(env, &secret_id)?, bytes(env, &secret_key)?);
        let names = match signed_headers.is_null() {
            true => None,
            false => Some(bytes(env, &signed_headers)?),
        };
        let names = names.as_ref().map(|names| text(names)).transpose()?;
        let time = u64::try_from(time)
            .map_err(|_| Fault::input("the time is before 1970; give another"))?;
        let json = face::sign(face::Sign {
            scheme: text(&scheme)?,
            request: &request,
            secret_id: text(&id)?,
            secret_key: SecretString::from(text(&key)?),
            time: Some(time),
            signed_headers: names.map(|names| names.split(';').collect()),
        })?;
        Ok(env.byte_array_from_slice(&json)?)
    })
    .resolve::<Throw>()
}

/// `static native byte[] recognize(byte[] options)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_recognize<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    options: JByteArray<'l>,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Failed> {
        let json = face::recognize_json(text(&bytes(env, &options)?)?)?;
        Ok(env.byte_array_from_slice(&json)?)
    })
    .resolve::<Throw>()
}

/// `static native void closeRecipient(long recipient)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_closeRecipient<'l>(
    _: EnvUnowned<'l>,
    _: JClass<'l>,
    handle: jlong,
) {
    drop(RECIPIENTS.take(to_number(handle)));
}

/// `static native void closeOpener(long opener)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_closeOpener<'l>(
    _: EnvUnowned<'l>,
    _: JClass<'l>,
    handle: jlong,
) {
    drop(OPENERS.take(to_number(handle)));
}
