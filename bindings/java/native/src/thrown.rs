//! A fault as a `CardsealException`.

use std::any::Any;

use cardseal_ffi::Fault;
use jni::errors::{Error, ErrorPolicy};
use jni::objects::{JObject, JString, JThrowable, JValue};
use jni::{Env, jni_sig, jni_str};

/// Why a native method has no result.
pub(crate) enum Failed {
    /// The library says why.
    Fault(Fault),
    /// The virtual machine does; it may have an exception under way.
    Machine(Error),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Machine(error)
    }
}

/// Throws, and returns nothing.
pub(crate) struct Throw;

impl<T: Default> ErrorPolicy<T, Failed> for Throw {
    type Captures<'local: 'method, 'method> = ();

    fn on_error<'local: 'method, 'method>(
        env: &mut Env<'local>,
        (): &mut (),
        failed: Failed,
    ) -> jni::errors::Result<T> {
        if env.exception_check() {
            return Ok(T::default());
        }
        let fault = match failed {
            Failed::Fault(fault) => fault,
            Failed::Machine(error) => Fault::bug(format!("the Java virtual machine: {error}")),
        };
        throw(env, &fault)?;
        Ok(T::default())
    }

    fn on_panic<'local: 'method, 'method>(
        env: &mut Env<'local>,
        (): &mut (),
        _: Box<dyn Any + Send + 'static>,
    ) -> jni::errors::Result<T> {
        let fault =
            Fault::bug("the library panicked; do not use anything it returned; please report this");
        throw(env, &fault)?;
        Ok(T::default())
    }
}

fn throw(env: &mut Env<'_>, fault: &Fault) -> jni::errors::Result<()> {
    let message = env.new_string(fault.message())?;
    let kind = env.new_string(fault.kind())?;
    let code = optional(env, fault.code())?;
    let request_id = optional(env, fault.request_id())?;
    let opened = match fault.opened_text() {
        Some(text) => env.byte_array_from_slice(text)?.into(),
        None => JObject::null(),
    };
    let exception = env.new_object(
        jni_str!("io/github/cardseal/CardsealException"),
        jni_sig!("(Ljava/lang/String;ILjava/lang/String;Ljava/lang/String;Ljava/lang/String;[B)V"),
        &[
            JValue::Object(&message),
            JValue::Int(i32::from(fault.exit())),
            JValue::Object(&kind),
            JValue::Object(&code),
            JValue::Object(&request_id),
            JValue::Object(&opened),
        ],
    )?;
    let exception = env.cast_local::<JThrowable>(exception)?;
    // What it returns is that an exception is under way now.
    let _ = env.throw(exception);
    Ok(())
}

fn optional<'local>(
    env: &mut Env<'local>,
    text: Option<&str>,
) -> jni::errors::Result<JObject<'local>> {
    match text {
        Some(text) => env.new_string(text).map(JString::into),
        None => Ok(JObject::null()),
    }
}
