//! Before any name server is asked: whether what stands in a host's place can be one. It may be a secret, and would go out
//! in the question.

use crate::args::{Command, Network};
use crate::exit::Failure;
use crate::not_plausible::{name, refused};
use crate::plausible;

/// Refuses what cannot be a host, a region or a service.
pub(super) fn check(command: &Command, network: Option<&Network>) -> Result<(), Failure> {
    let reach = match command {
        Command::Recognize(arguments) => Some(&arguments.reach),
        Command::Call(arguments) => Some(&arguments.reach),
        #[cfg(feature = "batch")]
        Command::Batch(arguments) => Some(&arguments.asked.reach),
        #[cfg(feature = "queue")]
        Command::Queue(arguments) => arguments.work().map(|work| &work.asked.reach),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => Some(&arguments.reach),
        _ => None,
    };
    if let Some(reach) = reach {
        let hosts = [
            ("--endpoint", &reach.endpoint),
            ("--login-endpoint", &reach.login.login_endpoint),
        ];
        for (option, url) in hosts {
            url.iter().try_for_each(|url| host(option, url))?;
        }
        let mut region = reach.region.iter();
        region.try_for_each(|region| name("--region", region))?;
    }
    let (option, place) = match command {
        Command::Call(arguments) => {
            name("--service", &arguments.service)?;
            ("", None)
        }
        Command::Doctor(arguments) => {
            let mut region = arguments.region.iter();
            region.try_for_each(|region| name("--region", region))?;
            ("--endpoint", arguments.endpoint.as_ref())
        }
        #[cfg(feature = "gateway")]
        Command::Gateway(arguments) => ("--listen", Some(&arguments.listen)),
        #[cfg(feature = "explorer")]
        Command::Explorer(arguments) => {
            let mut endpoint = arguments.endpoint.iter();
            endpoint.try_for_each(|url| host("--endpoint", url))?;
            ("--listen", Some(&arguments.listen))
        }
        _ => ("", None),
    };
    place
        .into_iter()
        .try_for_each(|place| host(option, place))?;
    let network = match command {
        #[cfg(feature = "explorer")]
        Command::Explorer(arguments) => Some(&arguments.network),
        _ => network,
    };
    let proxy = network.and_then(|network| network.proxy.as_ref());
    // What is no URL at all, or of another scheme, is refused as that, and neither repeated nor looked up.
    let proxy = proxy.filter(|url| url.to_ascii_lowercase().starts_with("http://"));
    proxy.into_iter().try_for_each(|url| host("--proxy", url))
}

/// Refuses a URL's, or an address's, host that can be none.
fn host(option: &str, given: &str) -> Result<(), Failure> {
    #[cfg(feature = "gateway")]
    let is_host = match option {
        "--listen" => plausible::has_own_host(given),
        _ => plausible::has_host(given),
    };
    #[cfg(not(feature = "gateway"))]
    let is_host = plausible::has_host(given);
    match is_host {
        true => Ok(()),
        false => Err(refused(option, "a host's name", given)),
    }
}
