//! `POST /v2/{project_id}/ocr/id-card`: the typed request and the typed answer.
//!
//! Source: the request and result schemas of the official SDK's OCR package 3.1.219. Nothing in them is encrypted:
//! this cloud sees the card, and TLS alone hides it on the way.

mod answer;
mod request;

use bytes::Bytes;
use http::Response;

pub use answer::{Detections, IdCard, Recognized, Verification};
pub use request::{IdCardRequest, Side, Switch};

use crate::cloud::Operation;
use crate::cloud::answer::Answer;
use crate::cloud::huawei::reply::{self, Reply};
use crate::error::Error;

/// The last segment of the path.
pub(super) const NAME: &str = "id-card";

/// The API.
#[derive(Debug)]
pub struct RecognizeIdCard;

impl Operation for RecognizeIdCard {
    type Response = Recognized;
    type Pending = ();
    type Reply = Reply;

    fn parse(reply: &Response<Bytes>) -> Result<Reply, Error> {
        reply::parse(reply)
    }

    fn read((): (), reply: Reply) -> Result<Recognized, Error> {
        answer::read(reply)
    }
}

/// Any API of this cloud.
#[derive(Debug)]
pub struct AnyApi;

impl Operation for AnyApi {
    type Response = Answer;
    type Pending = ();
    type Reply = Reply;

    fn parse(reply: &Response<Bytes>) -> Result<Reply, Error> {
        reply::parse(reply)
    }

    fn read((): (), reply: Reply) -> Result<Answer, Error> {
        Ok(reply.into_answer())
    }
}
