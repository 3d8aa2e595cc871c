using System.Text;

namespace WaitFor.Kubernetes.Access;

/// <summary>Text of another program, without what looks like a secret: rather too much is removed than too little.</summary>
internal static class SecretText
{
    private const string Removed = "[removed]";
    private const int ShortestKey = 20;
    private const int LongestLine = 200;

    private static readonly string[] Names =
    [
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "pwd",
        "secret",
        "token",
        "apikey",
        "api-key",
        "api_key",
        "accesskey",
        "access-key",
        "access_key",
        "private-key",
        "private_key",
        "privatekey",
        "credential",
        "authorization",
        "session",
        "cookie",
        "signature",
        "assertion",
        "otp",
    ];

    /// <summary>The last line that is not blank, on one line, without what looks like a secret, in at most 200 characters; null where there
    /// is none.</summary>
    public static string? LastLine(string text)
    {
        var line = text.Split('\n').Select(ApiFault.OneLine).LastOrDefault(line => line.Trim().Length > 0)?.Trim();
        if (line is null)
            return null;
        var clean = Clean(line);
        return clean.Length <= LongestLine ? clean : clean[..LongestLine] + "...";
    }

    /// <summary>The line without what looks like a secret: values of fields that are named like one, the word after <c>Bearer</c>, tokens,
    /// the password of an address, long keys.</summary>
    private static string Clean(string line)
    {
        var text = new StringBuilder();
        var (secretFollows, before) = (false, "");
        foreach (var (word, gap) in Words(line))
        {
            text.Append(gap);
            secretFollows = secretFollows || FollowsName(before, word);
            before = word;
            if (secretFollows && word is not ("=" or ":" or "is"))
            {
                text.Append(Removed);
                secretFollows = IsScheme(word);
                continue;
            }

            secretFollows = secretFollows || IsScheme(word);
            text.Append(Word(word, ref secretFollows));
        }

        return text.ToString();
    }

    /// <summary>Words with the blanks before them. What stands in quotes is one word.</summary>
    private static IEnumerable<(string Word, string Gap)> Words(string line)
    {
        for (var at = 0; at < line.Length; )
        {
            var start = at;
            while (at < line.Length && line[at] == ' ')
                at++;
            var gap = line[start..at];
            start = at;
            var quote = '\0';
            for (; at < line.Length && (quote != '\0' || line[at] != ' '); at++)
            {
                if (quote == line[at])
                    quote = '\0';
                else if (quote == '\0' && line[at] is '"' or '\'' && line.IndexOf(line[at], at + 1) > 0)
                    quote = line[at];
            }

            yield return (line[start..at], gap);
        }
    }

    /// <summary>True for the value of <c>--password VALUE</c>, and of <c>password VALUE</c> where it has a digit.</summary>
    private static bool FollowsName(string before, string word)
    {
        var isOption = before.StartsWith("--", StringComparison.Ordinal);
        return IsSecret(before.TrimStart('-'), colon: true)
            && !word.StartsWith('-')
            && (isOption || (word.Any(char.IsAsciiLetter) && word.Any(char.IsAsciiDigit)));
    }

    private static bool IsScheme(string word) =>
        word.Trim('"', '\'', ',', ';', ':').ToLowerInvariant() is "bearer" or "basic" or "negotiate";

    /// <summary>One word; where it is the name of a secret and ends with <c>=</c> or <c>:</c>, the secret follows.</summary>
    private static string Word(string word, ref bool secretFollows)
    {
        // name=value, name:value, "name":"value", --name=value: at the first separator, which is no scheme's (https://).
        var separator = word.AsSpan().IndexOfAny('=', ':');
        if (separator > 0 && IsSecret(word[..separator].Trim('"', '\'', '{', ','), colon: word[separator] == ':'))
        {
            var value = word[(separator + 1)..].Trim('"', '\'');
            secretFollows = value.Length == 0 || IsScheme(value);
            return value.Length == 0 ? word : word[..(separator + 1)] + Removed;
        }

        return Keys(Addresses(word));
    }

    /// <summary>After a colon prose may follow ("refreshing tokens: failed"): there the name has to end with the secret's.</summary>
    private static bool IsSecret(string field, bool colon) =>
        Names.Any(name =>
            colon ? field.EndsWith(name, StringComparison.OrdinalIgnoreCase) : field.Contains(name, StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>Removes <c>user:password@</c>, and all of a query but its names.</summary>
    private static string Addresses(string word)
    {
        var scheme = word.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return word;
        var query = word.IndexOf('?', scheme);
        var path = query < 0 ? word : word[..query] + "?" + Removed;
        var user = path.IndexOf('@', scheme);
        return user < 0 ? path : path[..(scheme + 3)] + Removed + path[user..];
    }

    /// <summary>Removes runs of letters, digits and the signs of base64 that look like a key: long, and not made of words.</summary>
    private static string Keys(string word)
    {
        var text = new StringBuilder();
        for (var at = 0; at < word.Length; )
        {
            var start = at;
            while (at < word.Length && (char.IsAsciiLetterOrDigit(word[at]) || "+/_-=.".Contains(word[at], StringComparison.Ordinal)))
                at++;
            if (at > start)
                text.Append(LooksLikeKey(word[start..at]) ? Removed : word[start..at]);
            else
                text.Append(word[at++]);
        }

        return text.ToString();
    }

    private static bool LooksLikeKey(string run)
    {
        if (run.StartsWith("eyJ", StringComparison.Ordinal))
            return true;
        // Of a path or host name each part for itself; words are separated by dashes.
        var parts = run[0] is '/' or '.' or '~' || run.Contains('.', StringComparison.Ordinal) ? run.Split('/', '.') : [run];
        return parts.Any(part => part.Length >= ShortestKey && (IsRandom(part) || part.All(char.IsAsciiHexDigit)));
    }

    /// <summary>Digits among letters, and hardly a separator.</summary>
    private static bool IsRandom(string part) =>
        part.Any(char.IsAsciiDigit)
            && part.Any(char.IsAsciiLetter)
            && part.Split('-', '_').Any(piece => piece.Length >= ShortestKey / 2 && piece.Any(char.IsAsciiDigit))
        || part.Length >= 2 * ShortestKey
            && part.Any(char.IsAsciiLetterUpper)
            && part.Any(char.IsAsciiLetterLower)
            && !part.Contains('-', StringComparison.Ordinal);
}
