namespace WaitFor.Testing;

/// <summary>A process of the control plane ended on its own; the message carries the end of its log.</summary>
public sealed class ChildDiedException(string name, int exitCode, string log)
    : Exception(FormattableString.Invariant($"{name} ended with {exitCode}. The end of its log:\n{Tail(log)}"))
{
    private const int TailLength = 4000;

    /// <summary>It could not listen because somebody else took the port between choosing it and using it.</summary>
    public bool PortTaken { get; } = log.Contains("address already in use", StringComparison.OrdinalIgnoreCase);

    private static string Tail(string text) => text.Length <= TailLength ? text : text[^TailLength..];
}
