//! The codes that every service of API 3.0 answers, and the classes that new codes fall into.
//!
//! Source: the page "Common error codes" (cloud.tencent.com/document/product/1232/56237).

use crate::cloud::error_table::{Row, row, with};
use crate::error::ErrorKind::{Credential, Service, Signing, Throttled};
use crate::error::Remedy::{RenewCredentials, SetClock};

#[rustfmt::skip]
pub(super) const TABLE: &[Row] = &[
    row("ActionOffline", Service, "the service has withdrawn this action; look for its successor in the API's change log"),
    row("AuthFailure", Credential, "check the secret id, the secret key and the token, and what the key is allowed"),
    row("AuthFailure.InvalidAuthorization", Signing, "the service cannot read the Authorization header; check that no proxy rewrites it"),
    with(row("AuthFailure.InvalidSecretId", Credential, "use an API key's secret id, not an account's id"), RenewCredentials),
    row("AuthFailure.MFAFailure", Credential, "this key needs multi-factor authentication"),
    with(row("AuthFailure.SecretIdNotFound", Credential, "check the secret id, and that the key is enabled"), RenewCredentials),
    with(row("AuthFailure.SignatureExpire", Signing, "set the host's clock: it is off by more than five minutes"), SetClock),
    with(row("AuthFailure.SignatureFailure", Signing, "check the secret key, and that no proxy rewrites the request"), RenewCredentials),
    with(row("AuthFailure.TokenFailure", Credential, "fetch new temporary credentials, and send their token with them"), RenewCredentials),
    row("AuthFailure.UnauthorizedOperation", Credential, "grant this key the action in access management"),
    row("DryRunOperation", Service, "the request would have succeeded; leave out its DryRun to carry it out"),
    row("FailedOperation", Service, "the service could not do what was asked; its message says why"),
    row("InternalError", Service, "the service failed inside; a new request may succeed"),
    row("InvalidAction", Service, "this endpoint does not know the action; check its spelling and its service"),
    row("InvalidParameter", Service, "correct the parameter that the message names"),
    row("InvalidParameterValue", Service, "correct the value that the message names"),
    row("InvalidRequest", Service, "the body is not the multipart form that its Content-Type says; check the boundary and the CRLF line ends"),
    row("IpInBlacklist", Service, "this host's address is blocked; send from another, or ask support why"),
    row("IpNotInWhitelist", Service, "add this host's address to those that the key's policy allows"),
    row("LimitExceeded", Service, "a quota of the account is used up; free some of it or ask for more"),
    row("MissingParameter", Service, "add the parameter that the message names"),
    row("NoSuchProduct", Service, "this endpoint does not know the service; check the service's name and the host"),
    row("NoSuchVersion", Service, "the service has no such version of the action; OCR is 2018-11-19, faceid 2018-03-01"),
    row("RequestLimitExceeded", Throttled, "send fewer requests a second, or ask for a higher limit"),
    row("RequestLimitExceeded.GlobalRegionUinLimitExceeded", Throttled, "the account's limit over all regions is reached: send fewer requests a second in all of them together"),
    row("RequestLimitExceeded.IPLimitExceeded", Throttled, "this address's limit is reached: send fewer requests a second from it, whatever the account"),
    row("RequestLimitExceeded.UinLimitExceeded", Throttled, "the account's limit is reached: send fewer requests a second with all its keys together"),
    row("RequestSizeLimitExceeded", Service, "make the image smaller or give its URL: the whole request may have 10 MiB"),
    row("ResourceInUse", Service, "something else uses the resource; try again once it is free"),
    row("ResourceInsufficient", Service, "the service has no capacity left for this; try again later or in another region"),
    row("ResourceNotFound", Service, "what the request names does not exist; check its ids and the region"),
    row("ResourceUnavailable", Service, "the account or the resource cannot be used now; look at its state in the console"),
    row("ResponseSizeLimitExceeded", Service, "the answer would be too large; ask for less, in pages or without images"),
    row("ServiceUnavailable", Service, "the service is down for now; try again in some minutes"),
    row("UnauthorizedOperation", Credential, "the account may not do this; grant the key the action, and check the account's verification"),
    row("UnknownParameter", Service, "leave out the parameter that the message names: the action does not know it"),
    row("UnsupportedOperation", Service, "this cannot be done in the resource's present state, or not at all"),
    row("UnsupportedProtocol", Service, "send a GET or a POST over HTTPS in a form that the action takes"),
    row("UnsupportedRegion", Service, "this action is not served in that region; leave the region out or name another"),
];
