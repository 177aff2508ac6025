//! A client: an account and its connections, for any number of calls and threads. What can be wrong on this side is judged
//! before anything is sent.

use cardseal::tencent::{CardSide, IdCardRequest, Tencent};
use cardseal::{Call, CredentialsProvider, Image, IvPolicy, huawei};
use serde::Serialize;
use zeroize::Zeroizing;

use super::account::Account;
use super::connections::Connections;
use super::wanted::{Card, ClientOptions, Cloud, Picture};
use super::{credentials, json};
use crate::fault::Fault;

/// Recognises cards at one cloud.
pub struct Client {
    cloud: Cloud,
    account: Account,
    connections: Connections,
}

#[derive(Serialize)]
struct Sealed<'a, T> {
    request_id: &'a str,
    result: &'a T,
    iv_reused: bool,
    authenticated: bool,
}

#[derive(Serialize)]
struct InClear<'a, T> {
    request_id: &'a str,
    result: &'a T,
}

impl Client {
    /// A client of these options. Without credentials it takes those of the environment.
    ///
    /// # Errors
    /// Exit code 2 if an option is missing or malformed.
    pub fn new(
        options: &ClientOptions<'_>,
        credentials: Option<CredentialsProvider>,
    ) -> Result<Self, Fault> {
        let cloud = Cloud::named(options.cloud)?;
        let credentials = credentials.unwrap_or_else(|| credentials::found_by(cloud));
        Ok(Self {
            cloud,
            account: Account::new(cloud, options, credentials)?,
            connections: Connections::new(options.deadline_ms),
        })
    }

    /// `{"request_id","result"}`, as `cardseal recognize --json` prints it; with `iv_reused` and `authenticated` if the
    /// answer was sealed.
    ///
    /// # Errors
    /// With the exit code of the command line.
    pub fn recognize(&self, card: Card<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.cloud.check_clear(card.recipient.is_some())?;
        match &self.account {
            Account::Tencent(account) => self.at_tencent(account, card),
            Account::Ctyun(account) => {
                if card.side.is_some() {
                    return Err(Fault::input("ctyun takes only a picture; leave side out"));
                }
                let image = picture(card.picture)?;
                let answer = self.run(account.id_cards(std::slice::from_ref(&image))?)?;
                json::write(&InClear {
                    request_id: &answer.request_id,
                    result: &answer.found,
                })
            }
            Account::Huawei(account) => {
                let side = side(card.side)?;
                let mut request = huawei::IdCardRequest::new(picture(card.picture)?);
                if let Some(side) = side {
                    request = request.side(match side {
                        Side::Front => huawei::Side::Front,
                        Side::Back => huawei::Side::Back,
                    });
                }
                let answer = self.run(account.id_card(&request)?)?;
                json::write(&InClear {
                    request_id: &answer.request_id,
                    result: &answer.card,
                })
            }
        }
    }

    fn at_tencent(&self, account: &Tencent, card: Card<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let recipient = card.recipient.ok_or_else(|| {
            Fault::input(
                "tencent needs a recipient, the parsed key that Tencent's support provides",
            )
        })?;
        let side = side(card.side)?;
        let mut request = IdCardRequest::new(picture(card.picture)?);
        if let Some(side) = side {
            request = request.side(match side {
                Side::Front => CardSide::Front,
                Side::Back => CardSide::Back,
            });
        }
        let call = account.recognize_encrypted_id_card(recipient, &request, IvPolicy::BySuite)?;
        let answer = self.run(call)?;
        json::write(&Sealed {
            request_id: &answer.request_id,
            result: &answer.card,
            iv_reused: answer.iv_reused,
            authenticated: answer.authenticated,
        })
    }

    fn run<T>(&self, call: Call<T>) -> Result<T, Fault> {
        Ok(self.connections.client()?.run(call)?)
    }
}

fn picture(picture: Option<Picture<'_>>) -> Result<Image, Fault> {
    match picture {
        Some(Picture::Bytes(bytes)) => Ok(Image::from_bytes(bytes)?),
        Some(Picture::Base64(text)) => Ok(Image::from_base64(text)?),
        Some(Picture::Url(url)) => Ok(Image::from_url(url)?),
        None => Err(Fault::input("there is no picture; give image or url")),
    }
}

enum Side {
    Front,
    Back,
}

fn side(side: Option<&str>) -> Result<Option<Side>, Fault> {
    match side {
        None => Ok(None),
        Some("front") => Ok(Some(Side::Front)),
        Some("back") => Ok(Some(Side::Back)),
        Some(_) => Err(Fault::input("there is no such side; give front or back")),
    }
}
