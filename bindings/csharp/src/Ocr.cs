using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Cardseal
{
    /// <summary>Which card is to be recognised, and by whom. What is null is left to the cloud, or comes from the environment.</summary>
    public sealed class RecognizeOptions
    {
        /// <summary>tencent, ctyun or huawei.</summary>
        public string Cloud { get; set; }

        /// <summary>The picture's bytes; or</summary>
        public byte[] Image { get; set; }

        /// <summary>where the service fetches it.</summary>
        public string Url { get; set; }

        /// <summary>Tencent's public key as the service hands it out.</summary>
        public string Key { get; set; }

        /// <summary>front or back.</summary>
        public string Side { get; set; }

        /// <summary>A URL in place of the cloud's own.</summary>
        public string Endpoint { get; set; }

        /// <summary>The region.</summary>
        public string Region { get; set; }

        /// <summary>The id of the credentials; without it they come from the environment.</summary>
        public string SecretId { get; set; }

        /// <summary>Their secret.</summary>
        public string SecretKey { get; set; }

        /// <summary>The token of temporary credentials.</summary>
        public string Token { get; set; }

        /// <summary>Ctyun's app key.</summary>
        public string AppKey { get; set; }

        /// <summary>Huawei's project.</summary>
        public string ProjectId { get; set; }

        /// <summary>How long the call may take, retries included; 60 seconds where it is null.</summary>
        public TimeSpan? Timeout { get; set; }
    }

    /// <summary>Signing, and whole calls.</summary>
    public static class Ocr
    {
        /// <summary>The library's version.</summary>
        public static string Version
        {
            get { return Native.Text(Native.cardseal_version()); }
        }

        /// <summary>
        /// Signs an HTTP/1.1 request given as text. Gives JSON: {"canonical_request","string_to_sign","signature","headers"}.
        /// Without signed headers the scheme's own are signed.
        /// </summary>
        public static string Sign(
            string scheme, byte[] request, string secretId, string secretKey, DateTimeOffset time,
            params string[] signedHeaders)
        {
            Native.Bytes json;
            var bytes = Native.Present(request, "request");
            var key = Native.Text(secretKey, "secretKey");
            var named = signedHeaders != null && signedHeaders.Length > 0;
            var names = named ? Native.Text(string.Join(";", signedHeaders), "signedHeaders") : null;
            try
            {
                Native.Check(Native.cardseal_sign(
                    Native.Text(scheme, "scheme"), bytes, Native.Length(request), Native.Text(secretId, "secretId"), key,
                    time.ToUnixTimeSeconds(), names, out json));
            }
            finally
            {
                Array.Clear(key, 0, key.Length);
            }
            return Encoding.UTF8.GetString(Native.Take(ref json));
        }

        /// <summary>
        /// Recognises one ID card: seals, signs, sends, opens. It blocks. Gives JSON: {"request_id","result",…}.
        /// </summary>
        public static string Recognize(RecognizeOptions options)
        {
            if (options == null)
            {
                throw new ArgumentNullException("options");
            }
            Native.Bytes json;
            var text = Json(options);
            try
            {
                Native.Check(Native.cardseal_recognize(text, out json));
            }
            finally
            {
                Array.Clear(text, 0, text.Length);
            }
            return Encoding.UTF8.GetString(Native.Take(ref json));
        }

        /// <summary>
        /// The same on a thread of the pool. A token that is cancelled keeps a call from beginning; one on its way goes on to
        /// its timeout.
        /// </summary>
        public static Task<string> RecognizeAsync(RecognizeOptions options, CancellationToken token = default(CancellationToken))
        {
            return Task.Run(() => Recognize(options), token);
        }

        private static byte[] Json(RecognizeOptions options)
        {
            var json = new StringBuilder("{");
            Add(json, "cloud", options.Cloud ?? "");
            Add(json, "image", options.Image == null ? null : Convert.ToBase64String(options.Image));
            Add(json, "url", options.Url);
            Add(json, "key", options.Key);
            Add(json, "side", options.Side);
            Add(json, "endpoint", options.Endpoint);
            Add(json, "region", options.Region);
            Add(json, "secret_id", options.SecretId);
            Add(json, "secret_key", options.SecretKey);
            Add(json, "token", options.Token);
            Add(json, "app_key", options.AppKey);
            Add(json, "project_id", options.ProjectId);
            if (options.Timeout != null)
            {
                var milliseconds = (long)Math.Max(1, options.Timeout.Value.TotalMilliseconds);
                json.Append(",\"deadline_ms\":").Append(milliseconds);
            }
            return Encoding.UTF8.GetBytes(json.Append("}\0").ToString());
        }

        internal static void Add(StringBuilder json, string name, string value)
        {
            if (value == null)
            {
                return;
            }
            json.Append(json.Length > 1 ? ",\"" : "\"").Append(name).Append("\":\"");
            foreach (var c in value)
            {
                if (c < 0x20 || c == '"' || c == '\\')
                {
                    json.Append("\\u").Append(((int)c).ToString("x4"));
                }
                else
                {
                    json.Append(c);
                }
            }
            json.Append('"');
        }
    }
}
