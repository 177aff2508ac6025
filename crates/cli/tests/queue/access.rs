//! The ways into a server: TLS with an authority of one's own, client certificates, users, nkeys and files of credentials.
//! No secret is among the arguments, and none is shown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

use super::*;

const PASSWORD: &str = "a-password-that-must-never-show";

/// Submits and counts, with these arguments and variables.
#[track_caller]
fn enters(queue: &Queue, url: &str, more: &[&str], variables: &[(&str, &str)]) {
    for (verb, given) in [
        ("submit", &["cards", "--to", &queue.to][..]),
        ("status", &[]),
    ] {
        let mut command = queue.command_at(url, verb, "job", &[given, more].concat());
        let done = finish(
            {
                command.envs(variables.iter().copied());
                command
            },
            b"",
        );
        assert!(!done.expect_code(0).stdout.contains(PASSWORD));
    }
}

/// Is refused with this code and these words.
#[track_caller]
fn refused(queue: &Queue, more: &[&str], variables: &[(&str, &str)], code: i32, words: &str) {
    let mut command = queue.command("status", "job", more);
    command.envs(variables.iter().copied());
    let done = finish(command, b"").expect_code(code);
    assert!(done.stderr.contains(words), "{done:?}");
    assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    assert!(!done.stderr.contains(PASSWORD), "{done:?}");
    let is_seed = |word: &str| word.starts_with("SU") && word.len() > 10;
    assert!(!done.stderr.split_whitespace().any(is_seed), "{done:?}");
}

/// Writes a file that only its owner can read.
fn own(queue: &Queue, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    queue.scratch.write(name, text);
    fs::set_permissions(queue.scratch.path(name), fs::Permissions::from_mode(0o600)).unwrap();
}

/// A queue whose server has this in its configuration.
fn queue_with(config: &str) -> Option<Queue> {
    let mut queue = Queue::new(None)?;
    pictures(&queue.scratch, "cards", 1);
    restart(&mut queue, config);
    Some(queue)
}

fn restart(queue: &mut Queue, config: &str) {
    queue.scratch.write("nats.conf", config);
    let path = queue.scratch.path("nats.conf");
    queue.nats = Nats::with(&["-js", "-c", path.to_str().unwrap()]).unwrap();
}

#[test]
fn a_user_and_a_password_come_from_the_environment() {
    let config = format!("authorization {{ user: worker, password: \"{PASSWORD}\" }}\n");
    let Some(queue) = queue_with(&config) else {
        return;
    };
    let login = [("NATS_USER", "worker"), ("NATS_PASSWORD", PASSWORD)];
    enters(&queue, &queue.nats.url(), &[], &login);
    let says = "refuses these credentials";
    refused(&queue, &[], &[], 4, says);
    refused(
        &queue,
        &[],
        &[login[0], ("NATS_PASSWORD", "other")],
        4,
        says,
    );
    refused(&queue, &[], &login[1..], 4, "only one is set");
    refused(&queue, &[], &login[..1], 4, "only one is set");
}

#[test]
fn the_seed_of_an_nkey_is_in_a_file() {
    let user = nkeys::KeyPair::new_user();
    let config = format!(
        "authorization {{ users: [{{ nkey: {} }}] }}\n",
        user.public_key()
    );
    let Some(queue) = queue_with(&config) else {
        return;
    };
    let other = nkeys::KeyPair::new_user().seed().unwrap();
    own(&queue, "user.nk", &format!("{}\n", user.seed().unwrap()));
    own(&queue, "other.nk", &other);
    own(&queue, "cut.nk", &other[..20]);
    own(&queue, "public.nk", &user.public_key());
    enters(&queue, &queue.nats.url(), &["--nats-nkey", "user.nk"], &[]);
    // A file that is named counts, and not what stands in the environment for another program.
    let login = [("NATS_USER", "worker"), ("NATS_PASSWORD", PASSWORD)];
    enters(
        &queue,
        &queue.nats.url(),
        &["--nats-nkey", "user.nk"],
        &login,
    );
    refused(
        &queue,
        &["--nats-nkey", "other.nk"],
        &[],
        4,
        "refuses these credentials",
    );
    for file in ["public.nk", "cut.nk", "none.nk"] {
        refused(
            &queue,
            &["--nats-nkey", file],
            &[],
            2,
            "--nats-nkey names no file",
        );
    }
}

/// A JWT as `nsc` makes them, by the specification of NATS' second version.
fn jwt(issuer: &nkeys::KeyPair, subject: &nkeys::KeyPair, name: &str, nats: Value) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({"typ": "JWT", "alg": "ed25519-nkey"}));
    let claims = part(json!({
        "jti": name, "iat": 1_700_000_000, "iss": issuer.public_key(), "sub": subject.public_key(),
        "name": name, "nats": nats,
    }));
    let text = format!("{head}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(issuer.sign(text.as_bytes()).unwrap());
    format!("{text}.{signature}")
}

fn credentials(account: &nkeys::KeyPair) -> String {
    let user = nkeys::KeyPair::new_user();
    let nats = json!({"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1});
    let (jwt, seed) = (jwt(account, &user, "user", nats), user.seed().unwrap());
    format!(
        "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    )
}

#[test]
fn a_file_of_credentials_opens_its_account_and_no_other() {
    let operator = nkeys::KeyPair::new_operator();
    let accounts = [(); 3].map(|()| nkeys::KeyPair::new_account());
    let preloaded = accounts.iter().zip(["SYS", "A", "B"]).map(|(account, name)| {
        let mut limits = json!({
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
        });
        if name != "SYS" {
            for limit in ["mem_storage", "disk_storage", "streams", "consumer"] {
                limits[limit] = json!(-1);
            }
        }
        let nats = json!({"type": "account", "version": 2, "limits": limits});
        let jwt = jwt(&operator, account, name, nats);
        format!("  {}: {jwt}\n", account.public_key())
    });
    let config = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{\n{}}}\n",
        jwt(
            &operator,
            &operator,
            "operator",
            json!({"type": "operator", "version": 2})
        ),
        accounts[0].public_key(),
        preloaded.collect::<String>(),
    );
    let Some(queue) = queue_with(&config) else {
        return;
    };
    own(&queue, "a.creds", &credentials(&accounts[1]));
    own(&queue, "b.creds", &credentials(&accounts[2]));
    own(&queue, "system.creds", &credentials(&accounts[0]));
    let stranger = credentials(&nkeys::KeyPair::new_account());
    own(&queue, "stranger.creds", &stranger);
    own(&queue, "cut.creds", &stranger[..100]);
    enters(&queue, &queue.nats.url(), &["--nats-creds", "a.creds"], &[]);
    // The same name in another account is another job.
    refused(
        &queue,
        &["--nats-creds", "b.creds"],
        &[],
        2,
        "there is no job",
    );
    let other = identity(&queue.scratch, "other");
    let creds = ["--nats-creds", "b.creds"];
    let made = queue.command(
        "submit",
        "job",
        &[&["cards", "--to", &other], &creds[..]].concat(),
    );
    finish(made, b"").expect_code(0);
    enters(&queue, &queue.nats.url(), &["--nats-creds", "a.creds"], &[]);
    refused(
        &queue,
        &["--nats-creds", "system.creds"],
        &[],
        5,
        "JetStream",
    );
    refused(
        &queue,
        &["--nats-creds", "stranger.creds"],
        &[],
        4,
        "refuses these credentials",
    );
    for file in ["cut.creds", "none.creds"] {
        refused(
            &queue,
            &["--nats-creds", file],
            &[],
            2,
            "--nats-creds names no file",
        );
    }
}

/// An authority, and certificates of it for the server and a worker.
fn certificates(queue: &Queue, name: &str) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let write = |kind: &str, pem: &str| own(queue, &format!("{name}-{kind}.pem"), pem);
    write("ca", &authority.self_signed(&key).unwrap().pem());
    let issuer = Issuer::new(authority, key);
    for (kind, host, purpose) in [
        ("server", "127.0.0.1", ExtendedKeyUsagePurpose::ServerAuth),
        ("client", "worker", ExtendedKeyUsagePurpose::ClientAuth),
    ] {
        let mut of = CertificateParams::new(vec![host.to_owned()]).unwrap();
        of.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        write(kind, &of.signed_by(&key, &issuer).unwrap().pem());
        write(&format!("{kind}-key"), &key.serialize_pem());
    }
}

#[test]
fn tls_takes_an_authority_of_ones_own_and_shows_a_certificate() {
    let Some(mut queue) = Queue::new(None) else {
        return;
    };
    pictures(&queue.scratch, "cards", 1);
    certificates(&queue, "own");
    certificates(&queue, "other");
    let tls = |queue: &Queue, more: &str| {
        let file = |kind: &str| {
            queue
                .scratch
                .path(&format!("own-{kind}.pem"))
                .display()
                .to_string()
        };
        let (server, key, ca) = (file("server"), file("server-key"), file("ca"));
        format!(
            "tls {{ cert_file: \"{server}\", key_file: \"{key}\", ca_file: \"{ca}\" {more} }}\n"
        )
    };
    let config = tls(&queue, "");
    restart(&mut queue, &config);
    let trust = ["--nats-ca", "own-ca.pem"];
    let tls_url = queue.nats.url().replace("nats://", "tls://");
    enters(&queue, &queue.nats.url(), &trust, &[]);
    enters(&queue, &tls_url, &trust, &[]);
    refused(
        &queue,
        &["--nats-ca", "other-ca.pem"],
        &[],
        5,
        "cannot be reached",
    );
    refused(&queue, &[], &[], 5, "cannot be reached");
    refused(&queue, &["--nats-ca", "none.pem"], &[], 2, "--nats-ca");
    refused(
        &queue,
        &["--nats-ca", "own-client-key.pem"],
        &[],
        2,
        "--nats-ca",
    );

    let config = tls(&queue, ", verify: true");
    restart(&mut queue, &config);
    let with = |certificate, key| {
        [
            &trust[..],
            &["--nats-cert", certificate, "--nats-cert-key", key],
        ]
        .concat()
    };
    let own = with("own-client.pem", "own-client-key.pem");
    enters(&queue, &queue.nats.url(), &own, &[]);
    let others = with("other-client.pem", "other-client-key.pem");
    refused(&queue, &others, &[], 5, "cannot be reached");
    refused(&queue, &trust, &[], 5, "cannot be reached");
    let mixed = with("own-client.pem", "other-client-key.pem");
    refused(&queue, &mixed, &[], 2, "--nats-cert");
}

#[test]
fn a_server_without_tls_is_not_spoken_to_where_it_is_asked_for() {
    let Some(queue) = queue_with("") else {
        return;
    };
    certificates(&queue, "own");
    refused(
        &queue,
        &["--nats-ca", "own-ca.pem"],
        &[],
        5,
        "cannot be reached",
    );
}

/// What a user of this name may do, as the guide lists it.
fn rights(name: &str, publishes: &[&str], hears: &[&str]) -> String {
    let list = |subjects: &[&str]| json!(subjects).to_string();
    format!(
        "{{ user: {name}, password: \"{PASSWORD}\", permissions: {{ publish: {}, subscribe: {} }} }}",
        list(publishes),
        list(hears)
    )
}

#[test]
fn each_command_needs_the_rights_that_the_guide_lists_and_no_more() {
    let own = ["$JS.API.>", "cardseal.job.>"];
    let images = "$O.cardsealimages-job.>";
    let submits = [&own[..], &[images]].concat();
    let works = [
        &own[..],
        &[images, "$JS.ACK.>", "$KV.cardsealrate-job.>", "_INBOX.>"],
    ]
    .concat();
    let mute: Vec<_> = works
        .iter()
        .filter(|right| !right.contains("ACK"))
        .collect();
    let mute: Vec<&str> = mute.into_iter().copied().collect();
    let users = [
        rights("submits", &submits, &["_INBOX.>"]),
        rights("works", &works, &["_INBOX.>", "cardseal.job.holds"]),
        rights("reads", &["$JS.API.>", "cardseal.job.holds"], &["_INBOX.>"]),
        rights("looks", &["$JS.API.>"], &["_INBOX.>"]),
        rights("mute", &mute, &["_INBOX.>", "cardseal.job.holds"]),
        rights("nothing", &["other"], &["other"]),
    ];
    let config = format!("authorization {{ users: [ {} ] }}\n", users.join(", "));
    let Some(queue) = queue_with(&config) else {
        return;
    };
    let big = common::bitmap(1_500_000);
    fs::write(queue.scratch.path("cards/big.bmp"), big).unwrap();
    let login = |user: &'static str| [("NATS_USER", user), ("NATS_PASSWORD", PASSWORD)];
    let run = |user: &'static str, verb: &str, more: &[&str], code: i32| {
        let mut command = queue.command(verb, "job", more);
        command.envs(login(user));
        finish(command, b"").expect_code(code)
    };
    let submit = ["cards", "--to", &queue.to];
    for (user, verb, more) in [("nothing", "status", &[][..]), ("looks", "submit", &submit)] {
        let done = run(user, verb, more, 4);
        assert!(done.stderr.contains("does not let this user"), "{done:?}");
        assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    }
    run("submits", "submit", &submit, 0);
    // Whoever may not say that a card is finished is told so.
    let mut mute = queue.worker(&queue.nats.url(), "job", &[]);
    let mut mute = Running::start(mute.envs(login("mute")));
    let said = std::io::BufReader::new(mute.stderr.take().unwrap());
    let mut said = std::io::BufRead::lines(said).map(Result::unwrap);
    let denied = said.find(|line| line.contains("does not let this user"));
    assert!(denied.unwrap().contains("$JS.ACK"));
    drop(mute);
    let mut worker = queue.worker(&queue.nats.url(), "job", &[]);
    let worker = Running::start(worker.envs(login("works")));
    until("every card has a result", || {
        let done = run("reads", "status", &[], 0);
        let status: Value = serde_json::from_str(&done.stdout).unwrap();
        status["ok"] == 2
    });
    drain(worker, Signal::TERM);
    let more = ["--out", "x", "--identity", "workers"];
    run("reads", "collect", &more, 0);
    assert_eq!(queue.scratch.read("x").lines().count(), 2);
}
