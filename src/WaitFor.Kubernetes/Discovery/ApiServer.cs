using WaitFor.Kubernetes.Discovery;

namespace WaitFor.Kubernetes;

public sealed partial class ApiServer
{
    /// <summary>Reads a discovery document.</summary>
    /// <param name="path">Its path, such as <c>/apis</c>.</param>
    /// <param name="accept">The Accept header; null: plain JSON.</param>
    /// <param name="cancel">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The document, or the fault.</returns>
    internal Task<(DiscoveryDocument? Document, ApiFault? Fault)> DiscoverAsync(string path, string? accept, CancellationToken cancel) =>
        CallAsync(
            path,
            AnswerSilence,
            stream: false,
            async (body, idle) => DiscoveryDocument.Parse(await ReadAllAsync(body, idle)),
            cancel,
            accept: accept
        );
}
