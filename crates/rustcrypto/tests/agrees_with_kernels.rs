//! What this provider seals, the kernels open, and the other way round, at lengths around every edge.

use cardseal_crypto::{Provider, Session, SessionKey};

fn session(provider: &Provider, algorithm: &str, key: &[u8]) -> Box<dyn Session> {
    let suite = provider.suite(algorithm).unwrap();
    suite.restore(SessionKey::restore(key).unwrap()).unwrap()
}

#[test]
fn both_providers_seal_to_the_same_bytes_and_open_each_others() {
    let providers = [
        cardseal_rustcrypto::provider(),
        cardseal_kernels::provider(),
    ];
    for suite in providers[0].suites() {
        let facts = suite.facts();
        assert_eq!(providers[1].suite(facts.algorithm).unwrap().facts(), facts);
        let key: Vec<u8> = (0..facts.key_len).map(|at| at as u8 * 7 + 1).collect();
        let iv: Vec<u8> = (0..facts.iv_len).map(|at| at as u8 * 5 + 3).collect();
        for len in (0..100).chain([1000, 4096, 70_001]) {
            if len % facts.block_len != 0 {
                continue;
            }
            let plain: Vec<u8> = (0..len).map(|at| (at * 31) as u8).collect();
            let sealed = providers.each_ref().map(|provider| {
                let mut place = plain.clone();
                let session = session(provider, facts.algorithm, &key);
                let tag = session.seal(&iv, &mut place).unwrap();
                (place, tag)
            });
            assert_eq!(sealed[0], sealed[1], "{suite:?}, {len} bytes");
            for provider in &providers {
                let (mut place, tag) = sealed[0].clone();
                let session = session(provider, facts.algorithm, &key);
                session.open(&iv, &mut place, tag.as_ref()).unwrap();
                assert_eq!(place, plain, "{suite:?}, {len} bytes");
            }
        }
    }
}

#[test]
fn a_changed_tag_opens_nothing_and_decrypts_nothing() {
    let session = session(&cardseal_rustcrypto::provider(), "SM4-GCM", &[7; 16]);
    let mut sealed = b"an answer".to_vec();
    let mut tag = session.seal(&[9; 12], &mut sealed).unwrap().unwrap();
    for at in 0..16 {
        tag[at] ^= 1;
        let mut place = sealed.clone();
        assert!(session.open(&[9; 12], &mut place, Some(&tag)).is_err());
        assert_ne!(place, b"an answer");
        tag[at] ^= 1;
    }
    assert!(session.open(&[9; 12], &mut sealed.clone(), None).is_err());
}
