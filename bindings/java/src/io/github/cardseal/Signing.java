package io.github.cardseal;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Signatures. */
public final class Signing {
    private Signing() {}

    /**
     * Signs an HTTP/1.1 request given as text. Gives JSON: {"canonical_request","string_to_sign","signature","headers"}.
     *
     * @param scheme such as tc3-hmac-sha256
     * @param signedHeaders the scheme's own where it is null
     */
    public static String sign(
            String scheme, byte[] request, String secretId, String secretKey, Instant time, List<String> signedHeaders) {
        byte[] key = Native.utf8(secretKey, "secretKey");
        try {
            byte[] names = signedHeaders == null ? null : Native.utf8(String.join(";", signedHeaders), "signedHeaders");
            return Native.text(Native.sign(Native.utf8(scheme, "scheme"), Objects.requireNonNull(request, "request"),
                    Native.utf8(secretId, "secretId"), key, time.getEpochSecond(), names));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
