using System;

namespace Cardseal
{
    /// <summary>The service's public key, parsed and checked. The key chooses the suite. Threads may share one.</summary>
    public sealed class Recipient : IDisposable
    {
        private readonly RecipientHandle handle;

        private Recipient(IntPtr handle)
        {
            this.handle = new RecipientHandle(handle);
            Suite = Native.Text(Native.cardseal_recipient_suite(this.handle));
        }

        /// <summary>Takes the key in any form the service hands it out in.</summary>
        public static Recipient Parse(byte[] key)
        {
            IntPtr handle;
            var bytes = Native.Present(key, "key");
            Native.Check(Native.cardseal_recipient_parse(bytes, Native.Length(key), out handle));
            return new Recipient(handle);
        }

        /// <summary>"AES-256-CBC" or "SM4-GCM".</summary>
        public string Suite { get; private set; }

        internal RecipientHandle Handle
        {
            get { return handle; }
        }

        /// <summary>Seals a request's body.</summary>
        /// <exception cref="ObjectDisposedException">The recipient was disposed.</exception>
        public Sealed Seal(byte[] plain)
        {
            IntPtr opener;
            var body = Made(plain, out opener);
            return new Sealed(Native.Take(ref body), new Opener(opener));
        }

        /// <summary>Seals a request's body into an array that is kept for many requests, and gives the number of its
        /// bytes. An array that is null or too short is replaced by one that is long enough.</summary>
        /// <exception cref="ObjectDisposedException">The recipient was disposed.</exception>
        public int SealInto(ref byte[] buffer, byte[] plain, out Opener opener)
        {
            IntPtr made;
            var body = Made(plain, out made);
            opener = new Opener(made);
            return Native.TakeInto(ref buffer, ref body);
        }

        private Native.Bytes Made(byte[] plain, out IntPtr opener)
        {
            Native.Bytes body;
            var bytes = Native.Present(plain, "plain");
            Native.Check(Native.cardseal_seal(handle, bytes, Native.Length(plain), out body, out opener));
            return body;
        }

        /// <summary>Frees it. What is disposed is refused.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }

    /// <summary>A request's body to send, {"EncryptedBody":…,"Encryption":{…}}, and the opener of its answer.</summary>
    public sealed class Sealed
    {
        internal Sealed(byte[] body, Opener opener)
        {
            Body = body;
            Opener = opener;
        }

        /// <summary>The body, in UTF-8.</summary>
        public byte[] Body { get; private set; }

        /// <summary>What opens the answer.</summary>
        public Opener Opener { get; private set; }
    }
}
