using System.Text.RegularExpressions;

namespace WaitFor.CommandLine;

/// <summary>The forms that Kubernetes gives to names, labels and their values.
/// <see href="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"/></summary>
internal static partial class Names
{
    /// <summary>Why a text cannot be an object's name (RFC 1123 subdomain); null when it can.</summary>
    public static string? ProblemOfName(string name) => name switch
    {
        "" => "it is empty",
        { Length: > 253 } => "it is longer than 253 characters",
        _ => Subdomain().IsMatch(name) ? null : "a name consists of lower case letters, digits, '-' and '.', and begins and ends with a letter or digit",
    };

    /// <summary>Why a text cannot be a namespace (RFC 1123 label); null when it can.</summary>
    public static string? ProblemOfNamespace(string name) => name switch
    {
        "" => "it is empty",
        { Length: > 63 } => "it is longer than 63 characters",
        _ => DnsLabel().IsMatch(name) ? null : "a namespace consists of lower case letters, digits and '-', and begins and ends with a letter or digit",
    };

    /// <summary>Why a text cannot be a label's key, <c>[prefix/]name</c>; null when it can.</summary>
    public static string? ProblemOfLabelKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key[(slash + 1)..];
        if (slash >= 0 && ProblemOfName(key[..slash]) is { } problem)
            return $"the prefix of the label key \"{key}\": {problem}";
        if (name.Length is 0 or > 63 || !LabelWord().IsMatch(name))
            return $"\"{key}\" is no label key (letters, digits, '-', '_' and '.', at most 63)";
        return null;
    }

    /// <summary>Why a text cannot be a label's value; null when it can.</summary>
    public static string? ProblemOfLabelValue(string value) =>
        value.Length == 0 || (value.Length <= 63 && LabelWord().IsMatch(value)) ? null : $"\"{value}\" is no label value (letters, digits, '-', '_' and '.', at most 63)";

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex LabelWord();
}
