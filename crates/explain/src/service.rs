//! The service named by a host.

/// Domains in which the first label of a host is the service's short name: `ocr.ap-guangzhou.tencentcloudapi.com`.
/// Huawei Cloud's are taken from its SDKs.
const DOMAINS: &[&str] = &[
    ".tencentcloudapi.com",
    ".huaweicloud.com",
    ".huaweicloud.cn",
    ".myhuaweicloud.com",
    ".myhuaweicloud.cn",
    ".myhwclouds.com",
    ".myhwclouds.cn",
    ".g42cloud.com",
];

/// The short name of the host's service, such as `ocr`; `None` for an address or a host of another domain, such as a
/// proxy. A port after the host is ignored.
pub fn service_of(host: &str) -> Option<&str> {
    let name = host.split(':').next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let is_known = DOMAINS.iter().any(|domain| lower.ends_with(domain));
    let (service, _) = name.split_once('.')?;
    (is_known && !service.is_empty()).then_some(service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_of_the_clouds_names_its_service() {
        for host in [
            "ocr.tencentcloudapi.com",
            "ocr.tencentcloudapi.com:443",
            "ocr.ap-guangzhou.tencentcloudapi.com",
            "ocr.intl.TencentCloudAPI.com",
            "ocr.cn-north-4.myhuaweicloud.com",
            "ocr.ae-ad-1.g42cloud.com",
        ] {
            assert_eq!(service_of(host), Some("ocr"), "{host}");
        }
        for host in [
            "",
            "10.1.2.3",
            "10.1.2.3:8080",
            "[::1]:8080",
            "localhost",
            "127.0.0.1:8080",
            "proxy.bank.example",
            "tencentcloudapi.com",
            ".tencentcloudapi.com",
            "ocr.tencentcloudapi.com.evil.example",
            "nottencentcloudapi.com",
        ] {
            assert_eq!(service_of(host), None, "{host}");
        }
    }
}
