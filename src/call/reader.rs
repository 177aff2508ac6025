//! Turns replies into the result of one call.
//!
//! A reply is inspected first. A refusal, or anything that does not look like an answer, leaves the reader unchanged
//! for the next attempt's reply. An answer consumes the reader and the opener inside.

use bytes::Bytes;
use http::Response;

use crate::error::Error;

/// Reads the answer of a call as a `T`.
pub(crate) struct Reader<T>(Box<dyn Read<T>>);

/// The outcome of reading a reply.
pub(crate) enum Reading<T> {
    /// The result, or why the answer cannot be read, and the service's request id. This is final.
    Answer(Result<T, Error>, Option<String>),
    /// Not an answer. The reader is unchanged.
    NoAnswer(Error, Reader<T>),
}

impl<T> Reader<T> {
    /// `look` decides, for every reply, whether it is an answer; `read` turns the answer into the result, once.
    pub(crate) fn new<R: LookedAt + 'static>(
        look: fn(&Response<Bytes>) -> Result<R, Error>,
        read: impl FnOnce(R) -> Result<T, Error> + Send + 'static,
    ) -> Self {
        Self(Box::new(LookThenRead { look, read }))
    }

    pub(crate) fn read(self, reply: &Response<Bytes>) -> Reading<T> {
        self.0.read(reply)
    }
}

/// A reply that looks like an answer.
pub(crate) trait LookedAt {
    /// The service's request id, if it can be read at this stage.
    fn request_id(&self) -> Option<&str>;
}

trait Read<T>: Send {
    fn read(self: Box<Self>, reply: &Response<Bytes>) -> Reading<T>;
}

struct LookThenRead<R, F> {
    look: fn(&Response<Bytes>) -> Result<R, Error>,
    read: F,
}

impl<T, R, F> Read<T> for LookThenRead<R, F>
where
    R: LookedAt + 'static,
    F: FnOnce(R) -> Result<T, Error> + Send + 'static,
{
    fn read(self: Box<Self>, reply: &Response<Bytes>) -> Reading<T> {
        match (self.look)(reply) {
            Ok(looked_at) => {
                let request_id = looked_at.request_id().map(str::to_owned);
                Reading::Answer((self.read)(looked_at), request_id)
            }
            Err(error) => Reading::NoAnswer(error, Reader(self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl LookedAt for Bytes {
        fn request_id(&self) -> Option<&str> {
            Some("the id")
        }
    }

    fn look(reply: &Response<Bytes>) -> Result<Bytes, Error> {
        match reply.body().is_empty() {
            true => Err(Error::input("empty")),
            false => Ok(reply.body().clone()),
        }
    }

    #[test]
    fn no_answer_leaves_the_reader_for_the_next_reply() {
        let opener = vec![7];
        let mut reader = Reader::new(look, move |body: Bytes| Ok((opener, body)));
        for _ in 0..2 {
            reader = match reader.read(&Response::new(Bytes::new())) {
                Reading::NoAnswer(error, reader) => {
                    assert_eq!(error.message(), "empty");
                    reader
                }
                Reading::Answer(..) => panic!("an empty reply is no answer"),
            };
        }
        match reader.read(&Response::new(Bytes::from_static(b"x"))) {
            Reading::Answer(answer, id) => {
                assert_eq!(answer.unwrap(), (vec![7], Bytes::from("x")));
                assert_eq!(id.as_deref(), Some("the id"));
            }
            Reading::NoAnswer(error, _) => panic!("{error}"),
        }
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_the_last() {
        let reader: Reader<()> = Reader::new(look, |_| Err(Error::input("unreadable")));
        match reader.read(&Response::new(Bytes::from_static(b"x"))) {
            Reading::Answer(answer, _) => assert_eq!(answer.unwrap_err().message(), "unreadable"),
            Reading::NoAnswer(error, _) => panic!("{error}"),
        }
    }
}
