//! A recognised card as an OpenTelemetry span: `tracing` spans of the library go to a tracer, which prints them here.
//!
//! `cargo run --locked --manifest-path examples/programs/Cargo.toml --bin opentelemetry`

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use cardseal::tencent::{IdCardRequest, Tencent};
use cardseal::{BlockingClient, Credentials, Endpoint, Image, IvPolicy, Recipient};
use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

fn main() -> Result<(), Box<dyn Error>> {
    // Yours exports by OTLP in place of this one.
    let exporter = opentelemetry_stdout::SpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter)
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("cardseal"));
    // Only the library's own spans and events: what HTTP libraries log may hold tokens.
    let own = tracing_subscriber::filter::Targets::new()
        .with_target("cardseal", tracing_subscriber::filter::LevelFilter::DEBUG);
    tracing_subscriber::registry().with(own).with(layer).init();

    // The service, in this process, with a key made for this run.
    let pair = KeyPair::generate(Suite::Sm4GcmSm2)?;
    let recipient = Recipient::parse(pair.public_pem().as_bytes())?;
    let config = GatewayConfig::new(vec![pair], "AKIDexample", "example-secret".to_owned());
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;

    let tencent = Tencent::new(Credentials::new(
        "AKIDexample",
        "example-secret".to_owned(),
    )?)
    .endpoint(Endpoint::custom(&gateway.url())?);
    let card = IdCardRequest::new(Image::from_url("https://example.com/card.jpg")?);
    let call = tencent.recognize_encrypted_id_card(&recipient, &card, IvPolicy::BySuite)?;
    let answer = BlockingClient::new()?.run(call)?;
    eprintln!("recognised, request id {}", answer.request_id);

    provider.shutdown()?;
    Ok(())
}
