// Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs .NET, or Mono, and nothing else.
//
//   export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...
//   with .NET:  dotnet new console -o call && cp Call.cs call/Program.cs && dotnet run --project call
//   with Mono:  mcs -r:System.Net.Http.dll Call.cs && mono Call.exe
//
// Temporary credentials come with a token: TENCENTCLOUD_TOKEN.

using System;
using System.Globalization;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

static class Call
{
    const string Endpoint = "{{endpoint}}";
    const string Host = "{{host}}"; // as it is sent: with the port, unless it is the scheme's own
    const string Service = "{{service}}";
    const string Action = "{{action}}";
    const string Version = "{{version}}";
    {{answer}}const string Body ={{body}};

    static int Main()
    {
        string secretId = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_ID");
        string secretKey = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_KEY");
        string token = Environment.GetEnvironmentVariable("TENCENTCLOUD_TOKEN");
        if (string.IsNullOrEmpty(secretId) || string.IsNullOrEmpty(secretKey))
        {
            Console.Error.WriteLine("TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY have to be set");
            return 1;
        }

        // These bytes are signed and these bytes are sent. Writing the same JSON anew could break the signature.
        byte[] payload = Encoding.UTF8.GetBytes(Body);
        // Signed as well, so it is sent exactly as it stands here. StringContent would add a charset.
        string contentType = "application/json";
        long timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        using (var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) })
        using (var request = new HttpRequestMessage(HttpMethod.Post, Endpoint + "/"))
        {
            request.Content = new ByteArrayContent(payload);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            request.Headers.Host = Host;
            request.Headers.ExpectContinue = false;
            // The client's own parser takes no such value, and there is nothing to be parsed.
            request.Headers.TryAddWithoutValidation(
                "Authorization", Authorization(secretId, secretKey, timestamp, contentType, payload));
            request.Headers.Add("X-TC-Action", Action);
            request.Headers.Add("X-TC-Version", Version);
            request.Headers.Add("X-TC-Timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
            if (!string.IsNullOrEmpty(token))
            {
                request.Headers.Add("X-TC-Token", token);
            }

            try
            {
                using (var response = client.SendAsync(request).GetAwaiter().GetResult())
                using (var stdout = Console.OpenStandardOutput())
                {
                    // A refusal comes with status 200, too: look for Response.Error in what is printed.
                    byte[] reply = response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
                    stdout.Write(reply, 0, reply.Length);
                }
            }
            catch (Exception error) when (error is HttpRequestException || error is OperationCanceledException)
            {
                Console.Error.WriteLine("not sent, or no answer came: " + error.Message);
                return 1;
            }
        }
        return 0;
    }

    /// <summary>The value of the header Authorization.</summary>
    static string Authorization(
        string secretId, string secretKey, long timestamp, string contentType, byte[] payload)
    {
        // The date of the very same timestamp, in UTC: the local date differs from it for hours every day. And in the
        // invariant culture: others have calendars of their own.
        string date = DateTimeOffset.FromUnixTimeSeconds(timestamp).UtcDateTime
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string scope = date + "/" + Service + "/tc3_request";

        string signedHeaders = "content-type;host";
        string canonicalRequest = string.Join("\n",
            "POST",
            "/",
            "", // the query
            "content-type:" + contentType,
            "host:" + Host,
            "", // the headers' last line feed, and then a blank line
            signedHeaders,
            Sha256(payload));
        string stringToSign = string.Join("\n",
            "TC3-HMAC-SHA256",
            timestamp.ToString(CultureInfo.InvariantCulture),
            scope,
            Sha256(Encoding.UTF8.GetBytes(canonicalRequest)));

        byte[] key = Encoding.UTF8.GetBytes("TC3" + secretKey);
        foreach (string step in new[] { date, Service, "tc3_request" })
        {
            key = Hmac(key, step);
        }
        string signature = Hex(Hmac(key, stringToSign));
        return "TC3-HMAC-SHA256 Credential=" + secretId + "/" + scope +
            ", SignedHeaders=" + signedHeaders + ", Signature=" + signature;
    }

    static byte[] Hmac(byte[] key, string text)
    {
        using (var mac = new HMACSHA256(key))
        {
            return mac.ComputeHash(Encoding.UTF8.GetBytes(text));
        }
    }

    static string Sha256(byte[] data)
    {
        using (var hash = SHA256.Create())
        {
            return Hex(hash.ComputeHash(data));
        }
    }

    static string Hex(byte[] data)
    {
        return BitConverter.ToString(data).Replace("-", "").ToLowerInvariant();
    }
}
