using System.Buffers;

namespace WaitFor.CommandLine;

/// <summary>The forms that Kubernetes gives to names, labels and their values.
/// <see href="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"/></summary>
internal static class Names
{
    private const string LowerCase = "abcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> DnsCharacters = SearchValues.Create(LowerCase + "-");
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create(LowerCase + "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.");

    /// <summary>Why a text cannot be an object's name (RFC 1123 subdomain); null when it can.</summary>
    public static string? ProblemOfName(string name) =>
        name switch
        {
            "" => "it is empty",
            { Length: > 253 } => "it is longer than 253 characters",
            _ => name.Split('.').All(IsDnsLabel)
                ? null
                : "a name consists of lower case letters, digits, '-' and '.', and begins and ends with a letter or digit",
        };

    /// <summary>Why a text cannot be a namespace (RFC 1123 label); null when it can.</summary>
    public static string? ProblemOfNamespace(string name) =>
        name switch
        {
            "" => "it is empty",
            { Length: > 63 } => "it is longer than 63 characters",
            _ => IsDnsLabel(name)
                ? null
                : "a namespace consists of lower case letters, digits and '-', and begins and ends with a letter or digit",
        };

    /// <summary>Why a text cannot be a label's key, <c>[prefix/]name</c>; null when it can.</summary>
    public static string? ProblemOfLabelKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key[(slash + 1)..];
        if (slash >= 0 && ProblemOfName(key[..slash]) is { } problem)
            return $"the prefix of the label key \"{key}\": {problem}";
        if (name.Length is 0 or > 63 || !IsLabelWord(name))
            return $"\"{key}\" is not a label key (letters, digits, '-', '_' and '.', at most 63)";
        return null;
    }

    /// <summary>Why a text cannot be a label's value; null when it can.</summary>
    public static string? ProblemOfLabelValue(string value) =>
        value.Length == 0 || (value.Length <= 63 && IsLabelWord(value))
            ? null
            : $"\"{value}\" is not a label value (letters, digits, '-', '_' and '.', at most 63)";

    private static bool IsDnsLabel(string text) => Consists(text, DnsCharacters);

    private static bool IsLabelWord(string text) => Consists(text, LabelCharacters);

    /// <summary>Not empty, of these characters, and with a letter or digit at both ends.</summary>
    private static bool Consists(string text, SearchValues<char> characters) =>
        text.Length > 0
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && !text.AsSpan().ContainsAnyExcept(characters);
}
