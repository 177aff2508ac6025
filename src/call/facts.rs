//! Facts of a call for observability and for a `Watch`.

use super::Call;
#[cfg(any(feature = "async", feature = "blocking"))]
use crate::error::Error;

impl<T> Call<T> {
    /// `tencent`, `ctyun` or `huawei`.
    #[cfg(feature = "observability")]
    pub(crate) fn cloud(&self) -> &'static str {
        self.unsigned.cloud
    }

    /// The region that its requests are signed for; empty if they name none.
    #[cfg(any(feature = "async", feature = "blocking", feature = "observability"))]
    pub(crate) fn region(&self) -> &str {
        &self.unsigned.region
    }

    /// The public half of the credentials of the last attempt.
    #[cfg(any(feature = "async", feature = "blocking"))]
    pub(crate) fn credential_id(&self) -> &str {
        let used = self.attempt.credentials.as_ref();
        used.or(self.attempt.refused.as_ref())
            .map_or("", |credentials| credentials.id())
    }

    /// The last error that was not the call's last.
    #[cfg(any(feature = "async", feature = "blocking"))]
    pub(crate) fn last_error(&self) -> Option<&Error> {
        self.attempt.error.as_ref()
    }

    /// The service's id of the request that was answered.
    #[cfg(feature = "observability")]
    pub(crate) fn answered_id(&self) -> Option<&str> {
        self.attempt.request_id.as_deref()
    }
}
