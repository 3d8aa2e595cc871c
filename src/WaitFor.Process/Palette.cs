namespace WaitFor.Process;

/// <summary>Colours for a terminal: none where the output goes elsewhere, or nobody wants them. See no-color.org.</summary>
public sealed class Palette
{
    private readonly bool _on;

    private Palette(bool on) => _on = on;

    /// <summary>No colours.</summary>
    public static Palette None { get; } = new(on: false);

    /// <summary>The palette of the standard error stream.</summary>
    /// <param name="variable">Looks up an environment variable; null where it is not set.</param>
    /// <param name="redirected">True where the stream is no terminal.</param>
    public static Palette Of(Func<string, string?> variable, bool redirected) =>
        redirected || variable("NO_COLOR") is { Length: > 0 } || variable("TERM") is null or "" or "dumb" ? None : new Palette(on: true);

    /// <summary>True where the output goes to a terminal that shows colours: a line can be written again there.</summary>
    public bool IsTerminal => _on;

    /// <summary>Headings.</summary>
    public string Bold(string text) => Paint("1", text);

    /// <summary>Errors.</summary>
    public string Red(string text) => Paint("31", text);

    /// <summary>Warnings.</summary>
    public string Yellow(string text) => Paint("33", text);

    /// <summary>A verdict, padded or not, by its word: ready, not ready, failed.</summary>
    public string Verdict(string word) =>
        word.TrimEnd() switch
        {
            "ready" => Paint("32", word),
            "not ready" => Yellow(word),
            "failed" => Red(word),
            _ => word,
        };

    private string Paint(string code, string text) => _on ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
