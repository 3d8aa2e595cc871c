using System.Text;

namespace WaitFor.Report;

/// <summary>What a report has said so far. A message of Kubernetes stands in a condition, a container's state and an event at once: the
/// report writes it where it comes first.</summary>
internal sealed class Said
{
    private readonly StringBuilder _text = new();

    /// <summary>Takes note of what is written, cleaned.</summary>
    public void Add(string text) => _text.Append('\n').Append(text);

    /// <summary>True where the text was written before, as whole words.</summary>
    public bool Has(string? text)
    {
        var message = Layout.Clean(text);
        if (!message.Any(char.IsLetter))
            return false;
        var all = _text.ToString();
        for (var at = 0; (at = all.IndexOf(message, at, StringComparison.Ordinal)) >= 0; at++)
        {
            var end = at + message.Length;
            if (
                !(char.IsLetterOrDigit(message[0]) && char.IsLetterOrDigit(all[at - 1]))
                && !(end < all.Length && char.IsLetterOrDigit(message[^1]) && char.IsLetterOrDigit(all[end]))
            )
                return true;
        }

        return false;
    }

    /// <summary>The text, cleaned, the first time; null where it was written before, or is empty.</summary>
    public string? Once(string? text)
    {
        if (text is not { Length: > 0 } || Has(text))
            return null;
        var clean = Layout.Clean(text);
        Add(clean);
        return clean;
    }
}
