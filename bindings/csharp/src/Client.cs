using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Cardseal
{
    /// <summary>What proves who calls. It cannot be copied, serialized or shown.</summary>
    public sealed class Credentials : IDisposable
    {
        private readonly CredentialsHandle handle;

        private Credentials(IntPtr handle)
        {
            this.handle = new CredentialsHandle(handle);
        }

        /// <summary>An id and its secret; the token of temporary credentials; Ctyun's app key.</summary>
        public Credentials(string secretId, string secretKey, string token = null, string appKey = null)
            : this(Given(secretId, secretKey, token, appKey))
        {
        }

        /// <summary>Those that a cloud's own programs would find, looked for when they are needed.</summary>
        public static Credentials OfEnvironment(string cloud)
        {
            IntPtr handle;
            Native.Check(Native.cardseal_credentials_of_environment(Native.Text(cloud, "cloud"), out handle));
            return new Credentials(handle);
        }

        internal CredentialsHandle Handle
        {
            get { return handle; }
        }

        private static IntPtr Given(string secretId, string secretKey, string token, string appKey)
        {
            IntPtr handle;
            var secrets = new[]
            {
                Native.Text(secretKey, "secretKey"), Native.Optional(token, "token"), Native.Optional(appKey, "appKey"),
            };
            try
            {
                Native.Check(Native.cardseal_credentials_new(
                    Native.Text(secretId, "secretId"), secrets[0], secrets[1], secrets[2], out handle));
                return handle;
            }
            finally
            {
                foreach (var secret in secrets)
                {
                    if (secret != null)
                    {
                        Array.Clear(secret, 0, secret.Length);
                    }
                }
            }
        }

        /// <summary>Frees them; a client that was made with them keeps its own.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    /// <summary>Which cloud a client calls, and how it is reached. What is null is left to the cloud.</summary>
    public sealed class ClientOptions
    {
        /// <summary>tencent, ctyun or huawei.</summary>
        public string Cloud { get; set; }

        /// <summary>Those of the environment where they are null. They may be disposed once the client is made.</summary>
        public Credentials Credentials { get; set; }

        /// <summary>A URL in place of the cloud's own.</summary>
        public string Endpoint { get; set; }

        /// <summary>The region.</summary>
        public string Region { get; set; }

        /// <summary>Huawei's project.</summary>
        public string ProjectId { get; set; }

        /// <summary>How long each call may take, retries included; 60 seconds where it is null.</summary>
        public TimeSpan? Timeout { get; set; }
    }

    /// <summary>One card for a client.</summary>
    public sealed class Card
    {
        /// <summary>The picture's bytes; or</summary>
        public byte[] Image { get; set; }

        /// <summary>where the service fetches it.</summary>
        public string Url { get; set; }

        /// <summary>front or back; null leaves it to the service.</summary>
        public string Side { get; set; }
    }

    /// <summary>Recognises cards at one cloud, and keeps its connections between calls. Threads may share one.</summary>
    public sealed class Client : IDisposable
    {
        private readonly ClientHandle handle;

        /// <summary>Makes a client.</summary>
        public Client(ClientOptions options)
        {
            if (options == null)
            {
                throw new ArgumentNullException("options");
            }
            var json = new StringBuilder("{");
            Ocr.Add(json, "cloud", options.Cloud ?? "");
            Ocr.Add(json, "endpoint", options.Endpoint);
            Ocr.Add(json, "region", options.Region);
            Ocr.Add(json, "project_id", options.ProjectId);
            if (options.Timeout != null)
            {
                json.Append(",\"deadline_ms\":").Append((long)Math.Max(1, options.Timeout.Value.TotalMilliseconds));
            }
            IntPtr made;
            var given = options.Credentials == null ? CredentialsHandle.None : options.Credentials.Handle;
            Native.Check(Native.cardseal_client_new(Encoding.UTF8.GetBytes(json.Append("}\0").ToString()), given, out made));
            handle = new ClientHandle(made);
        }

        /// <summary>
        /// Recognises one ID card: seals, signs, sends, opens. It blocks. Gives JSON: {"request_id","result",…}. The
        /// recipient is Tencent's key, and null for the other clouds.
        /// </summary>
        /// <exception cref="ObjectDisposedException">The client or the recipient was disposed.</exception>
        public string Recognize(Recipient recipient, Card card)
        {
            if (card == null)
            {
                throw new ArgumentNullException("card");
            }
            Native.Bytes json;
            var image = card.Image == null ? null : Native.Present(card.Image, "image");
            Native.Check(Native.cardseal_client_recognize(
                handle, recipient == null ? RecipientHandle.None : recipient.Handle, image,
                image == null ? UIntPtr.Zero : Native.Length(card.Image), Native.Optional(card.Url, "url"),
                Native.Optional(card.Side, "side"), out json));
            return Encoding.UTF8.GetString(Native.Take(ref json));
        }

        /// <summary>
        /// The same on a thread of the pool. A token that is cancelled keeps a call from beginning; one on its way goes on to
        /// its timeout.
        /// </summary>
        public Task<string> RecognizeAsync(
            Recipient recipient, Card card, CancellationToken token = default(CancellationToken))
        {
            return Task.Run(() => Recognize(recipient, card), token);
        }

        /// <summary>Frees it and its connections, after the calls that are running.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    /// <summary>A picture that is ready for the services, and what was done to it.</summary>
    public sealed class Picture
    {
        private Picture(byte[] bytes, string report)
        {
            Bytes = bytes;
            Report = report;
        }

        /// <summary>The picture's file: JPEG, PNG or BMP.</summary>
        public byte[] Bytes { get; private set; }

        /// <summary>JSON: {"input","output","changed"}.</summary>
        public string Report { get; private set; }

        /// <summary>
        /// Makes a picture upright, without metadata, in sRGB, small enough. What is null is what a sealed request can carry.
        /// </summary>
        public static Picture Prepare(byte[] image, long? maxBytes = null, long? maxSide = null, int? quality = null)
        {
            Native.Bytes made, report;
            var limits = new StringBuilder();
            Add(limits, "max_bytes", maxBytes);
            Add(limits, "max_side", maxSide);
            Add(limits, "quality", quality);
            var text = Encoding.UTF8.GetBytes("{" + limits + "}\0");
            var bytes = Native.Present(image, "image");
            Native.Check(Native.cardseal_prepare(bytes, Native.Length(image), text, out made, out report));
            var told = Encoding.UTF8.GetString(Native.Take(ref report));
            return new Picture(Native.Take(ref made), told);
        }

        private static void Add(StringBuilder json, string name, long? value)
        {
            if (value != null)
            {
                json.Append(json.Length > 0 ? ",\"" : "\"").Append(name).Append("\":").Append(value.Value);
            }
        }
    }
}
