// Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs a JDK, 11 or later, and nothing else.
//
//   export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...
//   java Call.java
//
// Temporary credentials come with a token: TENCENTCLOUD_TOKEN.

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Call {
    private static final String ENDPOINT = "{{endpoint}}";
    // As the client sends it: with the port, unless it is the scheme's own.
    private static final String HOST = "{{host}}";
    private static final String SERVICE = "{{service}}";
    private static final String ACTION = "{{action}}";
    private static final String VERSION = "{{version}}";
    {{answer}}private static final String BODY ={{body}};

    public static void main(String[] args) throws Exception {
        String secretId = System.getenv("TENCENTCLOUD_SECRET_ID");
        String secretKey = System.getenv("TENCENTCLOUD_SECRET_KEY");
        String token = System.getenv("TENCENTCLOUD_TOKEN");
        if (isEmpty(secretId) || isEmpty(secretKey)) {
            System.err.println("TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY have to be set");
            System.exit(1);
        }

        // These bytes are signed and these bytes are sent. Writing the same JSON anew could break the signature.
        byte[] payload = BODY.getBytes(StandardCharsets.UTF_8);
        // Signed as well, so it is sent exactly as it stands here: no charset that is not in the signature.
        String contentType = "application/json";
        long timestamp = Instant.now().getEpochSecond();

        // The client sets Host and Content-Length by itself.
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(ENDPOINT + "/"))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", authorization(secretId, secretKey, timestamp, contentType, payload))
                .header("Content-Type", contentType)
                .header("X-TC-Action", ACTION)
                .header("X-TC-Version", VERSION)
                .header("X-TC-Timestamp", Long.toString(timestamp))
                .POST(HttpRequest.BodyPublishers.ofByteArray(payload));
        if (!isEmpty(token)) {
            request.header("X-TC-Token", token);
        }

        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        try {
            HttpResponse<byte[]> reply = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            // A refusal comes with status 200, too: look for Response.Error in what is printed.
            System.out.write(reply.body());
            System.out.flush();
        } catch (IOException error) {
            System.err.println("not sent, or no answer came: " + error);
            System.exit(1);
        }
    }

    /** The value of the header Authorization. */
    private static String authorization(
            String secretId, String secretKey, long timestamp, String contentType, byte[] payload)
            throws GeneralSecurityException {
        // The date of the very same timestamp, in UTC: the local date differs from it for hours every day.
        String date = Instant.ofEpochSecond(timestamp).atOffset(ZoneOffset.UTC).toLocalDate().toString();
        String scope = date + "/" + SERVICE + "/tc3_request";

        String signedHeaders = "content-type;host";
        String canonicalRequest = String.join("\n",
                "POST",
                "/",
                "", // the query
                "content-type:" + contentType,
                "host:" + HOST,
                "", // the headers' last line feed, and then a blank line
                signedHeaders,
                sha256(payload));
        String stringToSign = String.join("\n",
                "TC3-HMAC-SHA256",
                Long.toString(timestamp),
                scope,
                sha256(canonicalRequest.getBytes(StandardCharsets.UTF_8)));

        byte[] key = ("TC3" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String step : new String[] {date, SERVICE, "tc3_request"}) {
            key = hmac(key, step);
        }
        String signature = hex(hmac(key, stringToSign));
        return "TC3-HMAC-SHA256 Credential=" + secretId + "/" + scope
                + ", SignedHeaders=" + signedHeaders + ", Signature=" + signature;
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] data) throws GeneralSecurityException {
        return hex(MessageDigest.getInstance("SHA-256").digest(data));
    }

    private static String hex(byte[] data) {
        StringBuilder text = new StringBuilder(data.length * 2);
        for (byte octet : data) {
            text.append(Character.forDigit((octet >> 4) & 15, 16)).append(Character.forDigit(octet & 15, 16));
        }
        return text.toString();
    }

    private static boolean isEmpty(String text) {
        return text == null || text.isEmpty();
    }
}
