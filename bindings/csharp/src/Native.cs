using System;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

namespace Cardseal
{
    /// <summary>The functions of cardseal.h.</summary>
    internal static class Native
    {
        private const string Library = "cardseal";

        [StructLayout(LayoutKind.Sequential)]
        internal struct Bytes
        {
            internal IntPtr Data;
            internal UIntPtr Length;
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr cardseal_version();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_recipient_parse(byte[] key, UIntPtr length, out IntPtr recipient);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr cardseal_recipient_suite(RecipientHandle recipient);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_seal(
            RecipientHandle recipient, byte[] plain, UIntPtr length, out Bytes body, out IntPtr opener);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_open(ref IntPtr opener, byte[] reply, UIntPtr length, out Bytes plain);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_opener_store(ref IntPtr opener, out Bytes stored);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_opener_restore(byte[] stored, UIntPtr length, out IntPtr opener);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_sign(
            byte[] scheme, byte[] request, UIntPtr length, byte[] secretId, byte[] secretKey, long unixTime,
            byte[] signedHeaders, out Bytes json);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_recognize(byte[] options, out Bytes json);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_credentials_new(
            byte[] secretId, byte[] secretKey, byte[] token, byte[] appKey, out IntPtr credentials);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_credentials_of_environment(byte[] cloud, out IntPtr credentials);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_client_new(byte[] options, CredentialsHandle credentials, out IntPtr client);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_client_recognize(
            ClientHandle client, RecipientHandle recipient, byte[] image, UIntPtr length, byte[] url, byte[] side,
            out Bytes json);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int cardseal_prepare(
            byte[] image, UIntPtr length, byte[] limits, out Bytes prepared, out Bytes report);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void cardseal_credentials_free(IntPtr credentials);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void cardseal_client_free(IntPtr client);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr cardseal_last_error();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr cardseal_last_error_kind();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr cardseal_last_error_code();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr cardseal_last_error_request_id();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void cardseal_last_error_opened_text(out Bytes text);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void cardseal_bytes_free(ref Bytes bytes);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void cardseal_recipient_free(IntPtr recipient);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void cardseal_opener_free(IntPtr opener);

        /// <summary>Throws where a call failed. The reason is kept for the thread, which is still the same.</summary>
        internal static void Check(int code)
        {
            if (code != 0)
            {
                throw new CardsealException(
                    Text(cardseal_last_error()), code, Text(cardseal_last_error_kind()), Text(cardseal_last_error_code()),
                    Text(cardseal_last_error_request_id()), OpenedText());
            }
        }

        private static byte[] OpenedText()
        {
            Bytes text;
            cardseal_last_error_opened_text(out text);
            return text.Data == IntPtr.Zero ? null : Take(ref text);
        }

        /// <summary>A text of the library's; null where there is none.</summary>
        internal static string Text(IntPtr text)
        {
            if (text == IntPtr.Zero)
            {
                return null;
            }
            var length = 0;
            while (Marshal.ReadByte(text, length) != 0)
            {
                length++;
            }
            var bytes = new byte[length];
            Marshal.Copy(text, bytes, 0, length);
            return Encoding.UTF8.GetString(bytes);
        }

        /// <summary>A text for the library: UTF-8 with a zero behind it.</summary>
        internal static byte[] Text(string text, string name)
        {
            if (text == null)
            {
                throw new ArgumentNullException(name);
            }
            if (text.IndexOf('\0') >= 0)
            {
                throw new ArgumentException("a text holds a zero character; leave it out", name);
            }
            return Encoding.UTF8.GetBytes(text + "\0");
        }

        /// <summary>The same, where there may be no text.</summary>
        internal static byte[] Optional(string text, string name)
        {
            return text == null ? null : Text(text, name);
        }

        /// <summary>Bytes for the library, which refuses a pointer to nowhere.</summary>
        internal static byte[] Present(byte[] bytes, string name)
        {
            if (bytes == null)
            {
                throw new ArgumentNullException(name);
            }
            return bytes.Length == 0 ? new byte[1] : bytes;
        }

        internal static UIntPtr Length(byte[] bytes)
        {
            return (UIntPtr)bytes.Length;
        }

        /// <summary>What the library made, which wipes and frees it.</summary>
        internal static byte[] Take(ref Bytes bytes)
        {
            byte[] copy = null;
            TakeInto(ref copy, ref bytes);
            return copy;
        }

        /// <summary>Copies them to where there is room, or makes room for just as many.</summary>
        internal static int TakeInto(ref byte[] buffer, ref Bytes bytes)
        {
            try
            {
                var length = checked((int)bytes.Length);
                if (buffer == null || buffer.Length < length)
                {
                    buffer = new byte[length];
                }
                Marshal.Copy(bytes.Data, buffer, 0, length);
                return length;
            }
            finally
            {
                cardseal_bytes_free(ref bytes);
            }
        }
    }

    internal sealed class CredentialsHandle : SafeHandle
    {
        /// <summary>Nobody's: the environment is asked.</summary>
        internal static readonly CredentialsHandle None = new CredentialsHandle(IntPtr.Zero);

        internal CredentialsHandle(IntPtr handle) : base(IntPtr.Zero, true)
        {
            SetHandle(handle);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        protected override bool ReleaseHandle()
        {
            Native.cardseal_credentials_free(handle);
            return true;
        }
    }

    internal sealed class ClientHandle : SafeHandle
    {
        internal ClientHandle(IntPtr handle) : base(IntPtr.Zero, true)
        {
            SetHandle(handle);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        protected override bool ReleaseHandle()
        {
            Native.cardseal_client_free(handle);
            return true;
        }
    }

    internal sealed class RecipientHandle : SafeHandle
    {
        /// <summary>None, for clouds where cards go in clear.</summary>
        internal static readonly RecipientHandle None = new RecipientHandle(IntPtr.Zero);

        internal RecipientHandle(IntPtr handle) : base(IntPtr.Zero, true)
        {
            SetHandle(handle);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        protected override bool ReleaseHandle()
        {
            Native.cardseal_recipient_free(handle);
            return true;
        }
    }

    internal sealed class OpenerHandle : SafeHandle
    {
        internal OpenerHandle(IntPtr handle) : base(IntPtr.Zero, true)
        {
            SetHandle(handle);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        /// <summary>Uses the opener: of many threads one gets it.</summary>
        internal IntPtr Take()
        {
            return Interlocked.Exchange(ref handle, IntPtr.Zero);
        }

        protected override bool ReleaseHandle()
        {
            Native.cardseal_opener_free(Take());
            return true;
        }
    }
}
