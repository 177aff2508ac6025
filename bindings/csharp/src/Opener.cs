using System;

namespace Cardseal
{
    /// <summary>What opens the answer to one request, once. It cannot be copied, serialized or shown.</summary>
    public sealed class Opener : IDisposable
    {
        private readonly OpenerHandle handle;

        internal Opener(IntPtr handle)
        {
            this.handle = new OpenerHandle(handle);
        }

        /// <summary>Opens a reply, {"Response":{…}} or the inner object. The opener is used afterwards, whatever happened.</summary>
        public byte[] Open(byte[] reply)
        {
            Native.Bytes plain;
            var bytes = Native.Present(reply, "reply");
            var taken = handle.Take();
            Native.Check(Native.cardseal_open(ref taken, bytes, Native.Length(reply), out plain));
            return Native.Take(ref plain);
        }

        /// <summary>The opener as text, which is a key, for another process. The opener is used afterwards.</summary>
        public byte[] Store()
        {
            Native.Bytes stored;
            var taken = handle.Take();
            Native.Check(Native.cardseal_opener_store(ref taken, out stored));
            return Native.Take(ref stored);
        }

        /// <summary>Takes an opener back from the text of <see cref="Store"/>.</summary>
        public static Opener Restore(byte[] stored)
        {
            IntPtr handle;
            var bytes = Native.Present(stored, "stored");
            Native.Check(Native.cardseal_opener_restore(bytes, Native.Length(stored), out handle));
            return new Opener(handle);
        }

        /// <summary>Wipes an opener that was not used.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
