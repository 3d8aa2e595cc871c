using System.Text.RegularExpressions;

namespace WaitFor.Lint.Rules;

/// <summary>Finds secrets that are written as plain text. What it returns never holds the secret.</summary>
internal static partial class PlainText
{
    /// <summary>Values of switches, such as <c>ALLOW_EMPTY_PASSWORD=yes</c>.</summary>
    private static readonly HashSet<string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        "true", "false", "yes", "no", "on", "off", "0", "1", "none", "null", "disabled", "enabled",
    };

    /// <summary>Beginnings of what a tool replaces by the secret: Argo CD's and Bank-Vaults' plugins, vals, SOPS and the like.</summary>
    private static readonly string[] Placeholders =
    [
        "<", "vault:", "ref+", "ENC[", "arn:", "gcp:", "akv:", "op://", "secret://", "*", "#{", "%{",
    ];

    /// <summary>What a variable or a key gives away; null for nothing.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public static string? InValue(string name, string value) =>
        IsSecret(name) && IsWritten(value) ? Word(name)
        : InText(value);

    /// <summary>What a file of a ConfigMap gives away: in files of settings a line too, and nothing in scripts, which compare and set
    /// columns of that name.</summary>
    /// <param name="name">The file's name, or a key.</param>
    /// <param name="value">Its content.</param>
    public static string? InFile(string name, string value)
    {
        var dot = name.LastIndexOf('.');
        var settings = dot < 0 || SettingsFiles.Contains(name[(dot + 1)..]);
        return !value.Contains('\n', StringComparison.Ordinal) ? InValue(name, value)
            : !settings ? null
            : InText(value) ?? Assigned(Setting(), value);
    }

    /// <summary>What a text gives away: a URL with a password, a connection string, an assignment in a shell; null for nothing.</summary>
    public static string? InText(string text)
    {
        foreach (Match match in Url().Matches(text))
        {
            if (IsWritten(match.Groups["secret"].Value))
                return "a URL with a password";
        }

        return Assigned(Assignment(), text);
    }

    private static string? Assigned(Regex form, string text)
    {
        foreach (Match match in form.Matches(text))
        {
            if (IsSecret(match.Groups["name"].Value) && IsWritten(match.Groups["secret"].Value))
                return Word(match.Groups["name"].Value);
        }

        return null;
    }

    /// <summary>Whether an option is followed by a secret: <c>--password VALUE</c>.</summary>
    public static string? InWords(string option, string next) =>
        option.StartsWith('-') && IsSecret(option.TrimStart('-')) && !next.StartsWith('-') && IsWritten(next) ? Word(option) : null;

    private static readonly HashSet<string> SettingsFiles = new(StringComparer.OrdinalIgnoreCase)
    {
        "conf", "properties", "ini", "cfg", "env", "toml", "yaml", "yml", "json", "password", "url",
    };

    private static bool IsSecret(string name) => SecretName().IsMatch(name) && !NoSecretName().IsMatch(name);

    private static string Word(string name) => name.Contains("token", StringComparison.OrdinalIgnoreCase) ? "a token" : "a password";

    /// <summary>False for what is empty, a reference, a switch, the path of a file or a placeholder.</summary>
    private static bool IsWritten(string value)
    {
        var text = value.Trim().Trim('"', '\'');
        return text.Length > 0
            && Look.IsKnown(text)
            && !text.Contains("{{", StringComparison.Ordinal)
            && !text.StartsWith('/')
            && !Switches.Contains(text)
            && !Placeholders.Any(start => text.StartsWith(start, StringComparison.Ordinal));
    }

    [GeneratedRegex("(?:password|passwd|passphrase|[_.-]pwd|[_.-]pass|token)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    // Switches about passwords, and names of places.
    [GeneratedRegex("(?:^allow|^enable|^use|^require|_file|_path|_name|_key$|automount)", RegexOptions.IgnoreCase)]
    private static partial Regex NoSecretName();

    [GeneratedRegex(@"[a-z][a-z0-9+.-]{0,30}://[^\s:/@'""]{0,256}:(?<secret>[^\s@/'""]{1,512})@", RegexOptions.IgnoreCase)]
    private static partial Regex Url();

    // NAME=VALUE in a shell, -password=VALUE, ;password=VALUE and ?password=VALUE of JDBC.
    [GeneratedRegex(@"(?<![A-Za-z0-9_.$({-])-{0,2}(?<name>[A-Za-z][A-Za-z0-9_.-]*)=(?<secret>""[^""\n]*""|'[^'\n]*'|[^\s;&'""]+)")]
    private static partial Regex Assignment();

    // name = value, name: value and "name": "value" of a settings file, each in its line.
    [GeneratedRegex(
        @"^[ \t""'-]*(?<name>[A-Za-z][A-Za-z0-9_.-]*)[""']?[ \t]*[=:][ \t]*(?<secret>""[^""\n]*""|'[^'\n]*'|[^\s;&'"",]+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Setting();
}
