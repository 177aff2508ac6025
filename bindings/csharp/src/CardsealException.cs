using System;

namespace Cardseal
{
    /// <summary>Whose fault an error is.</summary>
    public enum ErrorKind
    {
        /// <summary>The caller's input: a used opener, a missing picture, a malformed option.</summary>
        Input,
        /// <summary>The public key is refused.</summary>
        Key,
        /// <summary>Credentials are missing or malformed, or could not be fetched.</summary>
        Credential,
        /// <summary>The request cannot be signed, or the service refused the signature.</summary>
        Signing,
        /// <summary>The network.</summary>
        Transport,
        /// <summary>The service limits the rate.</summary>
        Throttled,
        /// <summary>The service said no; the code says why.</summary>
        Service,
        /// <summary>The reply is not what the service promises.</summary>
        Protocol,
        /// <summary>The answer cannot be opened.</summary>
        Open,
        /// <summary>The crypto provider failed.</summary>
        Provider,
        /// <summary>A defect of the library, or a random generator that failed.</summary>
        Bug,
    }

    /// <summary>What went wrong: the message says what happened and what to do.</summary>
    public sealed class CardsealException : Exception
    {
        private readonly byte[] openedText;

        internal CardsealException(
            string message, int exitCode, string kind, string code, string requestId, byte[] openedText) : base(message)
        {
            ErrorKind known;
            Kind = Enum.TryParse(kind, true, out known) ? known : ErrorKind.Bug;
            ExitCode = exitCode;
            Code = code;
            RequestId = requestId;
            this.openedText = openedText;
        }

        /// <summary>Whose fault it is.</summary>
        public ErrorKind Kind { get; private set; }

        /// <summary>The exit code of the command line.</summary>
        public int ExitCode { get; private set; }

        /// <summary>The service's own code, such as FailedOperation.ImageBlur; null where there is none.</summary>
        public string Code { get; private set; }

        /// <summary>The service's id of the request; null where there is none.</summary>
        public string RequestId { get; private set; }

        /// <summary>What a billed answer opened to that cannot be read: it has the right tag and is not JSON, or it is no
        /// card; null where there is none. It is personal data: no property, since those are what loggers collect.</summary>
        public byte[] GetOpenedText()
        {
            return openedText;
        }
    }
}
