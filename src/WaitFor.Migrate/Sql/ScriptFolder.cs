using System.Text;

namespace WaitFor.Migrate.Sql;

/// <summary>Reads the scripts of one or more folders, with their subfolders, in Flyway's layout.
/// <see href="https://documentation.red-gate.com/fd/migrations-184127470.html"/></summary>
internal static class ScriptFolder
{
    /// <summary>From so many on, to start a thread is less than what it saves.</summary>
    private const int ManyScripts = 64;

    /// <summary>A file such as V3__c.SQL is found, and named, as it is not run.</summary>
    private static readonly EnumerationOptions AnyCase = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        MatchCasing = MatchCasing.CaseInsensitive,
    };

    /// <summary>Reads all scripts.</summary>
    /// <param name="locations">Folders, with or without <c>filesystem:</c>.</param>
    /// <param name="placeholders">The values of placeholders.</param>
    /// <param name="replace">False: <c>${...}</c> stays as it is.</param>
    /// <param name="leftOut">Is told of each file that looks as if it were to run and is left out, and why.</param>
    /// <exception cref="ScriptException">A folder is missing, a name is broken, two files have one version, or a file is not in its
    /// encoding.</exception>
    public static IReadOnlyList<Script> Read(
        IReadOnlyList<string> locations,
        IReadOnlyDictionary<string, string> placeholders,
        bool replace,
        Action<string, string>? leftOut = null
    )
    {
        var scripts = new List<Script>();
        foreach (var location in locations)
        {
            var folder =
                location.StartsWith("filesystem:", StringComparison.Ordinal) ? location["filesystem:".Length..]
                : location.Contains(':', StringComparison.Ordinal)
                    ? throw new ScriptException($"location {location}: only folders can be read; write filesystem:/path")
                : location;
            if (!Directory.Exists(folder))
                throw new ScriptException($"location {location}: there is no such folder; correct --locations (or FLYWAY_LOCATIONS)");
            // In full, or each access to a file would ask for the working directory again.
            folder = Path.GetFullPath(folder);
            // A mounted ConfigMap has its files a second and a third time in folders such as ..data, behind links.
            var all = Directory.EnumerateFiles(folder, "*.sql*", AnyCase).Select(file => file[folder.Length..].TrimStart('/')).ToList();
            var configured = all.Where(path => path.EndsWith(ScriptSettings.Suffix, StringComparison.Ordinal))
                .Select(path => path[..^ScriptSettings.Suffix.Length])
                .ToHashSet(StringComparer.Ordinal);
            all.RemoveAll(path => path.StartsWith("..", StringComparison.Ordinal) || path.Contains("/..", StringComparison.Ordinal));
            var paths = all.Where(path => ScriptName.IsMeant(Path.GetFileName(path))).Order(StringComparer.Ordinal).ToArray();
            foreach (var path in all.Order(StringComparer.Ordinal))
            {
                if (ScriptName.WhyLeftOut(Path.GetFileName(path)) is { } why)
                    leftOut?.Invoke(path, why);
            }

            // Hundreds of them are most of a start with nothing to do: a second processor takes half.
            var half = paths.Length < ManyScripts ? paths.Length : paths.Length / 2;
            var second = half == paths.Length ? null : Task.Run(() => ReadAll(paths.AsSpan(half)));
            scripts.AddRange(ReadAll(paths.AsSpan(0, half)));
            if (second is not null)
                scripts.AddRange(second.GetAwaiter().GetResult());

            Script[] ReadAll(ReadOnlySpan<string> part)
            {
                var read = new Script[part.Length];
                for (var index = 0; index < part.Length; index++)
                    read[index] = ReadScript(
                        part[index],
                        Path.Join(folder, part[index]),
                        configured.Contains(part[index]),
                        placeholders,
                        replace
                    );
                return read;
            }
        }

        RefuseDuplicates(scripts);
        return scripts;
    }

    private static Script ReadScript(
        string path,
        string file,
        bool configured,
        IReadOnlyDictionary<string, string> placeholders,
        bool replace
    )
    {
        var name = ScriptName.Parse(Path.GetFileName(file));
        var settings = configured ? ScriptSettings.Read(file + ScriptSettings.Suffix) : ScriptSettings.Default;
        var raw = Decode(path, Bytes(path, file), settings.Encoding);
        var text = replace && settings.PlaceholderReplacement ? Placeholders.Replace(path, raw, placeholders) : raw;
        var (statements, unusable) = Split(path, text);
        var inTransaction = settings.InTransaction
            ?? statements.All(statement => Traits.Of(statement) is Surroundings.Any or Surroundings.MayCommit);
        return new Script
        {
            Path = path,
            Name = name,
            Text = text,
            Checksum = Sql.Checksum.Of(name.Kind == ScriptKind.Repeatable ? text : raw),
            Unusable = unusable ?? (inTransaction ? null : SessionObjects.Problem(path, statements)),
            Statements = statements,
            InTransaction = inTransaction,
        };
    }

    private static (IReadOnlyList<Statement> Statements, ScriptException? Unusable) Split(string path, string text)
    {
        try
        {
            var statements = Splitter.Split(path, text);
            if (statements.FirstOrDefault(Traits.ControlsTransaction) is { } control)
                throw new ScriptException(
                    $"{path}, line {control.Line}: the script begins or ends a transaction itself; remove that: each script runs in one, "
                        + "or, where its .conf says executeInTransaction=false, each statement"
                );
            if (statements.FirstOrDefault(Traits.GivesUpLocks) is { } discard)
                throw new ScriptException(
                    $"{path}, line {discard.Line}: DISCARD ALL would give up the lock that keeps other runs away; remove it: what a "
                        + "script sets ends with it"
                );
            foreach (var statement in statements)
            {
                if (SessionSettings.OtherEncoding(statement) is { } encoding)
                    throw new ScriptException(
                        $"{path}, line {statement.Line}: client_encoding {encoding}: statements are sent in UTF-8, so the server would "
                            + $"read other characters; remove it, and if the file is not UTF-8, name its encoding in "
                            + $"{Path.GetFileName(path)}{ScriptSettings.Suffix} (encoding=...)"
                    );
            }

            return (statements, null);
        }
        catch (ScriptException exception)
        {
            return ([], exception);
        }
    }

    private static byte[] Bytes(string path, string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ScriptException($"{path}: the file cannot be read: {exception.Message}; correct its link or its rights");
        }
    }

    private static string Decode(string path, byte[] bytes, Encoding encoding)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            var line = bytes.AsSpan(0, Math.Clamp(exception.Index, 0, bytes.Length)).Count((byte)'\n') + 1;
            var guess = Guess(bytes);
            throw new ScriptException(
                $"{path}, line {line}: the file is not {encoding.WebName}; save it as UTF-8"
                    + (guess is null ? "" : $", or name its encoding in {path}{ScriptSettings.Suffix} (encoding={guess})")
            );
        }
    }

    /// <summary>The encoding that a file which is not UTF-8 most likely has, by the bytes that are not UTF-8; null where none is
    /// likely.</summary>
    private static string? Guess(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xFE, ..])
            return "UTF-16";
        var odd = new List<byte>();
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out _, out var length) != System.Buffers.OperationStatus.Done)
                odd.AddRange(bytes[..length]);
            bytes = bytes[length..];
        }

        // ISO-8859-1 has control characters there, windows-1252 the euro sign, dashes and quotes.
        return !odd.Exists(unit => unit is >= 0x80 and <= 0x9F) ? "ISO-8859-1"
            : Windows1252.Has(odd.ToArray()) ? Windows1252.Name
            : null;
    }

    private static void RefuseDuplicates(List<Script> scripts)
    {
        foreach (
            var same in scripts.GroupBy(script =>
                (script.Name.Kind, script.Name.Version, Description: script.Name.Version is null ? script.Name.Description : "")
            )
        )
        {
            if (same.Take(2).ToList() is [var first, var second])
            {
                var what = first.Name.Version is { } version ? $"version {version}" : $"the description \"{first.Name.Description}\"";
                throw new ScriptException($"{first.Path} and {second.Path} both have {what}; give one of them another");
            }
        }
    }
}
