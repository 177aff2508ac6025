//! The native methods of credentials, clients and pictures.

use std::sync::Arc;

use cardseal_ffi::{Fault, Table, face};
use jni::objects::{JByteArray, JClass, JObjectArray};
use jni::sys::jlong;
use jni::{Env, EnvUnowned};
use secrecy::SecretString;

use crate::methods::{Copied, bytes, recipient, text, to_java, to_number};
use crate::thrown::{Failed, Throw};

static CREDENTIALS: Table<face::CredentialsProvider> = Table::new();
static CLIENTS: Table<Arc<face::Client>> = Table::new();

/// Bytes, or none where the array is null.
fn optional(env: &Env<'_>, array: &JByteArray<'_>) -> Result<Option<Copied>, Failed> {
    match array.is_null() {
        true => Ok(None),
        false => bytes(env, array).map(Some),
    }
}

fn optional_text(bytes: &Option<Copied>) -> Result<Option<&str>, Fault> {
    bytes.as_ref().map(|bytes| text(bytes)).transpose()
}

/// `static native long credentials(byte[] secretId, byte[] secretKey, byte[] token, byte[] appKey)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_credentials<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    secret_id: JByteArray<'l>,
    secret_key: JByteArray<'l>,
    token: JByteArray<'l>,
    app_key: JByteArray<'l>,
) -> jlong {
    env.with_env(|env| -> Result<jlong, Failed> {
        let (id, key) = (bytes(env, &secret_id)?, bytes(env, &secret_key)?);
        let (token, app_key) = (optional(env, &token)?, optional(env, &app_key)?);
        let given = face::given(face::Secrets {
            id: Some(text(&id)?),
            key: Some(SecretString::from(text(&key)?)),
            token: optional_text(&token)?.map(SecretString::from),
            app_key: optional_text(&app_key)?.map(SecretString::from),
        })?;
        let given = given.ok_or_else(|| Fault::bug("credentials that were given are there"))?;
        Ok(to_java(CREDENTIALS.put(given)))
    })
    .resolve::<Throw>()
}

/// `static native long credentialsOfEnvironment(byte[] cloud)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_credentialsOfEnvironment<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    cloud: JByteArray<'l>,
) -> jlong {
    env.with_env(|env| -> Result<jlong, Failed> {
        let found = face::of_environment(text(&bytes(env, &cloud)?)?)?;
        Ok(to_java(CREDENTIALS.put(found)))
    })
    .resolve::<Throw>()
}

/// `static native long client(byte[] options, long credentials)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_client<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    options: JByteArray<'l>,
    credentials: jlong,
) -> jlong {
    env.with_env(|env| -> Result<jlong, Failed> {
        let given = match credentials {
            0 => None,
            number => Some(CREDENTIALS.find(to_number(number)).ok_or_else(|| {
                Fault::input("the credentials are closed; close them once the client is built")
            })?),
        };
        let client = face::client_json(text(&bytes(env, &options)?)?, given)?;
        Ok(to_java(CLIENTS.put(Arc::new(client))))
    })
    .resolve::<Throw>()
}

/// `static native byte[] clientRecognize(long client, long recipient, byte[] image, byte[] url, byte[] side)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_clientRecognize<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    client: jlong,
    to: jlong,
    image: JByteArray<'l>,
    url: JByteArray<'l>,
    side: JByteArray<'l>,
) -> JByteArray<'l> {
    env.with_env(|env| -> Result<_, Failed> {
        let client = CLIENTS.find(to_number(client)).ok_or_else(|| {
            Fault::input("the client is closed; build another, or close it later")
        })?;
        let to = match to {
            0 => None,
            number => Some(recipient(number)?),
        };
        let (url, side) = (optional(env, &url)?, optional(env, &side)?);
        let picture = match optional(env, &image)? {
            Some(image) => Some(face::Picture::Bytes(image.into_vec())),
            None => optional_text(&url)?.map(face::Picture::Url),
        };
        let json = client.recognize(face::Card {
            recipient: to.as_deref(),
            picture,
            side: optional_text(&side)?,
        })?;
        Ok(env.byte_array_from_slice(&json)?)
    })
    .resolve::<Throw>()
}

/// `static native byte[][] prepare(byte[] image, byte[] limits)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_prepare<'l>(
    mut env: EnvUnowned<'l>,
    _: JClass<'l>,
    image: JByteArray<'l>,
    limits: JByteArray<'l>,
) -> JObjectArray<'l, JByteArray<'l>> {
    env.with_env(|env| -> Result<_, Failed> {
        let limits = face::PrepareLimits::parse(text(&bytes(env, &limits)?)?)?;
        let made = face::prepare(&bytes(env, &image)?, &limits)?;
        let picture = env.byte_array_from_slice(&made.image)?;
        let report = env.byte_array_from_slice(&made.report)?;
        let both = JObjectArray::<JByteArray<'_>>::new(env, 2, &picture)?;
        both.set_element(env, 1, &report)?;
        Ok(both)
    })
    .resolve::<Throw>()
}

/// `static native void closeCredentials(long credentials)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_closeCredentials<'l>(
    _: EnvUnowned<'l>,
    _: JClass<'l>,
    handle: jlong,
) {
    drop(CREDENTIALS.take(to_number(handle)));
}

/// `static native void closeClient(long client)`
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_cardseal_Native_closeClient<'l>(
    _: EnvUnowned<'l>,
    _: JClass<'l>,
    handle: jlong,
) {
    drop(CLIENTS.take(to_number(handle)));
}
