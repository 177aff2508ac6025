package io.github.cardseal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;

/** One ID card to be recognised: sealed, signed, sent, opened. What is not said comes from the cloud or the environment. */
public final class Recognition {
    private final StringBuilder json = new StringBuilder("{");

    /** By this cloud: tencent, ctyun or huawei. */
    public Recognition(String cloud) {
        add("cloud", cloud);
    }

    /** The picture. */
    public Recognition image(byte[] image) {
        return add("image", Base64.getEncoder().encodeToString(image));
    }

    /** Where the service fetches the picture. */
    public Recognition url(String url) {
        return add("url", url);
    }

    /** Tencent's public key as the service hands it out. */
    public Recognition key(byte[] key) {
        return add("key", new String(key, StandardCharsets.UTF_8));
    }

    /** front or back. */
    public Recognition side(String side) {
        return add("side", side);
    }

    /** A URL in place of the cloud's own. */
    public Recognition endpoint(String url) {
        return add("endpoint", url);
    }

    /** The region. */
    public Recognition region(String region) {
        return add("region", region);
    }

    /** Credentials in place of the environment's. */
    public Recognition credentials(String secretId, String secretKey) {
        return add("secret_id", secretId).add("secret_key", secretKey);
    }

    /** The token of temporary credentials. */
    public Recognition token(String token) {
        return add("token", token);
    }

    /** Ctyun's app key. */
    public Recognition appKey(String appKey) {
        return add("app_key", appKey);
    }

    /** Huawei's project. */
    public Recognition projectId(String projectId) {
        return add("project_id", projectId);
    }

    /** How long the call may take, retries included; 60 seconds unless it is said. */
    public Recognition timeout(Duration time) {
        json.append(",\"deadline_ms\":").append(Native.millis(time));
        return this;
    }

    /** Makes the call, which blocks. Gives JSON: {"request_id","result",…}. */
    public String run() {
        byte[] options = Native.utf8(json + "}", "options");
        try {
            return Native.text(Native.recognize(options));
        } finally {
            Arrays.fill(options, (byte) 0);
        }
    }

    private Recognition add(String name, String value) {
        if (value == null) {
            return this;
        }
        json.append(json.length() > 1 ? "," : "");
        Native.quote(json, name);
        json.append(':');
        Native.quote(json, value);
        return this;
    }

    /** Nothing of it is shown. */
    @Override
    public String toString() {
        return "Recognition";
    }
}
