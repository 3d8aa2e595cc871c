using System.Text;
using WaitFor.Migrate.Batch;
using WaitFor.Migrate.Flyway;

namespace WaitFor.Migrate.Sql;

/// <summary>Reads a script: its settings, text, placeholders and statements.</summary>
/// <param name="settings">What holds for all scripts.</param>
/// <param name="placeholders">The values of placeholders.</param>
internal sealed class ScriptReader(FlywaySettings settings, Placeholders placeholders)
{
    private readonly Encoding _encoding = Encodings.Of(settings.Encoding)
        ?? throw new ScriptException($"encoding {settings.Encoding}: it is not known; write one of {Encodings.Known}");

    /// <summary>Reads a script.</summary>
    /// <param name="path">What the history calls it.</param>
    /// <param name="file">Where it is.</param>
    /// <param name="name">What its name says.</param>
    /// <param name="configured">True where a file of settings is beside it.</param>
    /// <exception cref="ScriptException">It cannot be read, or its settings, or what it says about batches, are wrong.</exception>
    public Script Read(string path, string file, ScriptName name, bool configured)
    {
        var own = configured ? ScriptSettings.Read(file + ScriptSettings.Suffix) : ScriptSettings.Default;
        var raw = Decode(path, Bytes(path, file), own.Encoding);
        var marked = placeholders.MarkBatch(raw);
        var batch = BatchLine.Read(path, marked);
        var (text, unusable) = (batch is null ? raw : marked, (ScriptException?)null);
        try
        {
            if (own.PlaceholderReplacement ?? settings.PlaceholderReplacement)
                text = placeholders.Replace(path, text, batch is not null);
        }
        catch (ScriptException exception) when (name.Kind is ScriptKind.Versioned or ScriptKind.Baseline)
        {
            // It does not matter where it was applied long ago.
            unusable = exception;
        }

        var body = new Lazy<ScriptBody>(() => Body(path, name, text, own, batch, unusable));
        if (batch is not null)
            _ = body.Value; // what is wrong with a batch ends the run wherever it stands
        return new Script
        {
            Path = path,
            File = file,
            Name = name,
            Text = text,
            Checksum = Checksum.Of(name.Kind == ScriptKind.Repeatable ? text : raw),
            Body = body,
            Batch = batch,
            NamesSchema = placeholders.NamesSchema(raw),
        };
    }

    private ScriptBody Body(
        string path,
        ScriptName name,
        string text,
        ScriptSettings own,
        BatchOptions? batch,
        ScriptException? unusable
    )
    {
        var statements = unusable is null ? Split(path, text, out unusable) : [];
        if (batch is not null && unusable is null)
            BatchRules.Check(path, name, own, batch, statements);
        var alone = statements.Any(statement => Traits.Of(statement) is Surroundings.NoTransaction or Surroundings.Concurrently);
        var transactional = own.InTransaction ?? (settings.ExecuteInTransaction && !alone);
        var whole = transactional && batch is null && Block.Of(statements, always: true) is [] or [{ End: not BlockEnd.Rollback }];
        var body = new ScriptBody(statements, whole, EndsTransactions: transactional && !whole && batch is null);
        return body with
        {
            Problem = unusable
                ?? (alone ? Mixes(path, body) : null)
                ?? (whole || body.EndsTransactions ? null : SessionObjects.Problem(path, body)),
        };
    }

    /// <summary>As in Flyway: such a script is refused unless mixed=true says that it may stop half way.</summary>
    private ScriptException? Mixes(string path, ScriptBody body)
    {
        if (settings.Mixed || !settings.FlywayForm || body.InTransaction || body.EndsTransactions)
            return null;
        var first = body.Statements.First(statement => Traits.Of(statement) is Surroundings.NoTransaction or Surroundings.Concurrently);
        return body.Statements.FirstOrDefault(statement => Traits.Of(statement) == Surroundings.Any) is { } other
            ? new ScriptException(
                $"{path}, line {first.Line}: this statement cannot run in a transaction, but line {other.Line} would; split the "
                    + "script, or allow both with mixed=true (FLYWAY_MIXED, -mixed)"
            )
            : null;
    }

    private static IReadOnlyList<Statement> Split(string path, string text, out ScriptException? unusable)
    {
        try
        {
            unusable = null;
            var statements = Splitter.Split(path, text);
            foreach (var statement in statements)
            {
                if (Traits.ControlOf(statement) == TransactionControl.Beyond)
                    throw new ScriptException(
                        $"{path}, line {statement.Line}: {Traits.Start(statement)} starts or keeps another transaction, so an "
                            + "interrupted run would not know what is done; write COMMIT, and BEGIN"
                    );
                if (Traits.GivesUpLocks(statement) is { } what)
                    throw new ScriptException(
                        $"{path}, line {statement.Line}: {what} would release the lock against other runs; remove it: what a "
                            + "script sets and locks ends with the run"
                    );
                if (SessionSettings.OtherEncoding(statement) is { } encoding)
                    throw new ScriptException(
                        $"{path}, line {statement.Line}: client_encoding {encoding}: statements are sent in UTF-8, so the server would "
                            + $"read other characters; remove it, and if the file is not UTF-8, name its encoding in "
                            + $"{Path.GetFileName(path)}{ScriptSettings.Suffix} (encoding=...)"
                    );
            }

            return statements;
        }
        catch (ScriptException exception)
        {
            unusable = exception;
            return [];
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
            throw new ScriptException(
                $"{path}: the file cannot be read: {exception.Message.TrimEnd('.')}; correct its link or its permissions"
            );
        }
    }

    private string Decode(string path, byte[] bytes, Encoding? own)
    {
        var encoding = own ?? (settings.DetectEncoding && Encodings.Guess(bytes) is { } detected ? Encodings.Of(detected)! : _encoding);
        try
        {
            return Encodings.Decode(bytes, encoding);
        }
        catch (DecoderFallbackException exception)
        {
            var line = bytes.AsSpan(0, Math.Clamp(exception.Index, 0, bytes.Length)).Count((byte)'\n') + 1;
            var guess = Encodings.Guess(bytes) is { } likely && Encodings.Of(likely)!.WebName != encoding.WebName ? likely : null;
            throw new ScriptException(
                $"{path}, line {line}: the file is not {encoding.WebName}; save it as UTF-8"
                    + (
                        guess is null
                            ? ""
                            : $", or name its encoding: for all scripts with FLYWAY_ENCODING={guess}, for this one in "
                                + $"{path}{ScriptSettings.Suffix} (encoding={guess})"
                    )
            );
        }
    }
}
