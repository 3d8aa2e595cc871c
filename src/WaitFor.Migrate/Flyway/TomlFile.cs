using System.Text;

namespace WaitFor.Migrate.Flyway;

/// <summary>The part of TOML that Flyway's files use: tables, keys with dots, strings, numbers, true and false, arrays of them. Everything
/// else is refused, with its line. <see href="https://toml.io/en/v1.0.0"/></summary>
internal static class TomlFile
{
    /// <summary>Reads the lines of a file.</summary>
    /// <returns>Line, name with its tables, value; the values of an array with commas.</returns>
    /// <exception cref="MigrationException">It is malformed, or has what is not supported.</exception>
    public static List<(int Line, string Name, string Value)> Read(string file, string[] lines)
    {
        var found = new List<(int Line, string Name, string Value)>();
        var (at, table, seen) = (0, "", new HashSet<string>(StringComparer.Ordinal));
        for (; at < lines.Length; at++)
        {
            var line = at + 1;
            var text = lines[at].AsSpan().Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            if (text[0] == '[')
            {
                if (text.StartsWith("[["))
                    throw Wrong("arrays of tables are not supported; write [environments.NAME]");
                text = text[1..];
                table = Key(ref text) + ".";
                if (text is not [']', ..] || !IsEnd(text[1..]))
                    throw Wrong("a table is expected, such as [flyway]; add the ]");
                continue;
            }

            var name = table + Key(ref text);
            if (text is not ['=', ..])
                throw Wrong("a setting is expected, such as target = \"2\"; add the =");
            text = text[1..].TrimStart();
            var values = new List<string>();
            if (text is ['[', ..])
            {
                text = text[1..];
                for (Next(ref text); text is not [']', ..]; Next(ref text))
                {
                    values.Add(Value(ref text));
                    Next(ref text);
                    if (text is [',', ..])
                        text = text[1..];
                    else if (text is not [']', ..])
                        throw Wrong("an array has its values with commas between them, and ends with ]; correct it");
                }

                text = text[1..];
            }
            else
                values.Add(Value(ref text));
            if (!IsEnd(text))
                throw Wrong("something follows the value; put it into quotes, or write a # before it");
            if (!seen.Add(name))
                throw Wrong($"{name} is given twice; give it once");
            found.Add((line, name, string.Join(',', values)));
        }

        return found;

        // The next character that counts, on whichever line.
        void Next(ref ReadOnlySpan<char> rest)
        {
            for (rest = rest.TrimStart(); IsEnd(rest); rest = lines[at].AsSpan().Trim())
            {
                if (++at == lines.Length)
                    throw Wrong("the array does not end; add the ]");
            }
        }

        string Key(ref ReadOnlySpan<char> rest)
        {
            var key = new StringBuilder();
            do
            {
                rest = rest.TrimStart();
                if (rest is ['"' or '\'', ..])
                    key.Append(Quoted(ref rest));
                else
                {
                    var length = 0;
                    while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is '_' or '-'))
                        length++;
                    if (length == 0)
                        throw Wrong("a name is expected; write letters, digits, - and _, or put it into quotes");
                    key.Append(rest[..length]);
                    rest = rest[length..];
                }

                rest = rest.TrimStart();
                if (rest is not ['.', ..])
                    return key.ToString();
                key.Append('.');
                rest = rest[1..];
            } while (true);
        }

        string Value(ref ReadOnlySpan<char> rest)
        {
            if (rest is ['"' or '\'', ..])
                return Quoted(ref rest);
            var length = rest.IndexOfAny(",]# \t");
            var word = length < 0 ? rest : rest[..length];
            if (word is not ("true" or "false") && !(word.Length > 0 && long.TryParse(word, out _)))
                throw Wrong(
                    "a string in quotes, true, false, a whole number or an array of them is expected; other values are not supported");
            rest = rest[word.Length..];
            return word.ToString();
        }

        string Quoted(ref ReadOnlySpan<char> rest)
        {
            var quote = rest[0];
            if (rest.Length > 2 && rest[1] == quote && rest[2] == quote)
                throw Wrong("strings over several lines are not supported; write it on one line");
            var value = new StringBuilder();
            for (var index = 1; index < rest.Length; index++)
            {
                if (rest[index] == quote)
                {
                    rest = rest[(index + 1)..];
                    return value.ToString();
                }

                if (rest[index] != '\\' || quote == '\'')
                    value.Append(rest[index]);
                else
                    value.Append(
                        ++index < rest.Length
                            ? rest[index] switch
                            {
                                't' => '\t',
                                'n' => '\n',
                                '"' => '"',
                                '\\' => '\\',
                                _ => throw Wrong("an escape is not supported; write \\\\ for a backslash, or use '...'"),
                            }
                            : throw Wrong("a string does not end; add the quote")
                    );
            }

            throw Wrong("a string does not end; add the quote");
        }

        MigrationException Wrong(string why) => new(ExitCode.Usage, $"{file}, line {Math.Min(at, lines.Length - 1) + 1}: {why}");
    }

    private static bool IsEnd(ReadOnlySpan<char> text) => text.TrimStart() is [] or ['#', ..];
}
