using System.Text;

namespace WaitFor.Process;

/// <summary>The message that the kubelet reads when a container has ended; <c>kubectl describe pod</c> shows it.
/// <see href="https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/"/></summary>
public static class TerminationMessage
{
    /// <summary>Where the kubelet looks unless the container says otherwise.</summary>
    public const string DefaultPath = "/dev/termination-log";

    /// <summary>The kubelet cuts a longer one, in bytes.</summary>
    public const int Longest = 4096;

    /// <summary>Writes the message, cut at a line's end where it is too long.</summary>
    /// <returns>Null when it was written; else why not, in one line.</returns>
    public static string? Write(string path, string message)
    {
        try
        {
            File.WriteAllBytes(path, Cut(message));
            return null;
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return $"the termination message cannot be written to {path}: {exception.Message}";
        }
    }

    /// <summary>At most <see cref="Longest"/> bytes of valid UTF-8: as many whole lines as fit; of a first line that does not fit, as many
    /// whole characters.</summary>
    public static byte[] Cut(string message)
    {
        var whole = Encoding.UTF8.GetBytes(message);
        if (whole.Length <= Longest)
            return whole;
        var line = whole.AsSpan(0, Longest + 1).LastIndexOf((byte)'\n');
        if (line > 0)
            return whole[..line];
        var end = Longest;
        // Continuation bytes are 10xxxxxx: step back to a character's first byte.
        while ((whole[end] & 0xC0) == 0x80)
            end--;
        return whole[..end];
    }
}
