using System.Buffers;

namespace WaitFor.Lint.Rules;

/// <summary>Finds secrets that are written as plain text. What it returns never holds the secret.</summary>
internal static class PlainText
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

    private static readonly HashSet<string> SettingsFiles = new(StringComparer.OrdinalIgnoreCase)
    {
        "conf", "properties", "ini", "cfg", "env", "toml", "yaml", "yml", "json",
    };

    private static readonly string[] Endings =
    [
        "password", "passwd", "passphrase", "token", "_pwd", ".pwd", "-pwd", "_pass", ".pass", "-pass",
    ];

    /// <summary>What ends the host and the user of a URL.</summary>
    private static readonly SearchValues<char> EndsOfAuthority = SearchValues.Create(" \t\r\n/?#'\"");

    /// <summary>Beginnings of switches about passwords and tokens.</summary>
    private static readonly string[] Beginnings = ["allow", "enable", "require", "use_", "automount"];

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
        if (!value.Contains('\n', StringComparison.Ordinal))
            return InValue(name, value);
        var dot = name.LastIndexOf('.');
        if (dot >= 0 && !SettingsFiles.Contains(name[(dot + 1)..]))
            return null;
        return InText(value) ?? Settings(value);
    }

    /// <summary>What a text gives away: a URL with a password, a connection string, an assignment in a shell; null for nothing.</summary>
    public static string? InText(string text) => HasUrl(text) ? "a URL with a password" : Assignments(text);

    /// <summary>Whether an option is followed by a secret: <c>--password VALUE</c>.</summary>
    public static string? InWords(string option, string next) =>
        option.StartsWith('-') && IsSecret(option.TrimStart('-')) && !next.StartsWith('-') && IsWritten(next) ? Word(option) : null;

    /// <summary>SCHEME://USER:PASSWORD@HOST</summary>
    private static bool HasUrl(string text)
    {
        const string sign = "://";
        for (var at = text.IndexOf(sign, StringComparison.Ordinal); at >= 0; at = text.IndexOf(sign, at + 1, StringComparison.Ordinal))
        {
            var rest = text.AsSpan(at + sign.Length);
            var end = rest.IndexOfAny(EndsOfAuthority);
            var authority = end < 0 ? rest : rest[..end];
            var user = authority.LastIndexOf('@');
            var colon = authority.IndexOf(':');
            if (user > colon && colon >= 0 && IsWritten(authority[(colon + 1)..user].ToString()))
                return true;
        }

        return false;
    }

    /// <summary>NAME=VALUE in a shell, -password=VALUE, ;password=VALUE and ?password=VALUE of JDBC.</summary>
    private static string? Assignments(string text)
    {
        for (var at = text.IndexOf('=', StringComparison.Ordinal); at >= 0; at = text.IndexOf('=', at + 1))
        {
            var start = at;
            while (start > 0 && IsOfName(text[start - 1]))
                start--;
            // ${NAME=...} and $(NAME=...) are the shell's.
            if (start > 0 && text[start - 1] is '$' or '{' or '(')
                continue;
            var name = text[start..at].TrimStart('-');
            if (name.Length > 0 && char.IsAsciiLetter(name[0]) && IsSecret(name) && IsWritten(Value(text.AsSpan(at + 1), " \t\r\n;&'\"")))
                return Word(name);
        }

        return null;
    }

    /// <summary>name = value, name: value and "name": "value" of a settings file, each in its line.</summary>
    private static string? Settings(string text)
    {
        foreach (var whole in text.AsSpan().EnumerateLines())
        {
            var line = whole.TrimStart(" \t\"'-");
            var end = 0;
            while (end < line.Length && IsOfName(line[end]))
                end++;
            var rest = line[end..].TrimStart("\"'").TrimStart(" \t");
            if (end == 0 || rest is not ['=' or ':', .. var value])
                continue;
            var name = line[..end].ToString();
            if (IsSecret(name) && IsWritten(Value(value.TrimStart(" \t"), " \t;&'\",")))
                return Word(name);
        }

        return null;
    }

    /// <summary>A value with or without quotes.</summary>
    private static string Value(ReadOnlySpan<char> text, string ends)
    {
        if (text is ['"' or '\'', ..])
        {
            var close = text[1..].IndexOf(text[0]);
            return close < 0 ? "" : text[1..(close + 1)].ToString();
        }

        // A comparison.
        if (text is ['=', ..])
            return "";
        var end = text.IndexOfAny(ends);
        return (end < 0 ? text : text[..end]).ToString();
    }

    private static bool IsOfName(char unit) => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '.' or '-';

    private static bool IsSecret(string name) =>
        Array.Exists(Endings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        && !Array.Exists(Beginnings, beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));

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
            && !Array.Exists(Placeholders, start => text.StartsWith(start, StringComparison.Ordinal));
    }
}
