using WaitFor.Migrate.Batch;

namespace WaitFor.Migrate.Sql;

/// <summary>A migration script.</summary>
internal sealed class Script
{
    /// <summary>The file's path below its location, with slashes: what the history calls it.</summary>
    public required string Path { get; init; }

    /// <summary>The file, as a full path; empty where it is of no file.</summary>
    public string File { get; init; } = "";

    /// <summary>What its name says.</summary>
    public required ScriptName Name { get; init; }

    /// <summary>The text that runs: with placeholders replaced.</summary>
    public required string Text { get; init; }

    /// <summary>Flyway's checksum: of the raw text for versioned scripts, of the text that runs for repeatable ones.</summary>
    public required int Checksum { get; init; }

    /// <summary>Its statements and what follows from them, found when first asked for: those of hundreds of applied scripts are not
    /// needed.</summary>
    public required Lazy<ScriptBody> Body { get; init; }

    /// <summary>Why it cannot run; null where it can. It counts only where it is to run: another tool may have applied it long ago, and
    /// understands more.</summary>
    public ScriptException? Unusable => Body.Value.Problem;

    /// <inheritdoc cref="ScriptBody.Statements"/>
    public IReadOnlyList<Statement> Statements => Body.Value.Statements;

    /// <inheritdoc cref="ScriptBody.InTransaction"/>
    public bool InTransaction => Body.Value.InTransaction;

    /// <inheritdoc cref="ScriptBody.EndsTransactions"/>
    public bool EndsTransactions => Body.Value.EndsTransactions;

    /// <summary>How it runs in batches, as its comment line says; null where it does not. Its one statement then has
    /// <see cref="BatchText.Marker"/> in its text, which <see cref="BatchText.With"/> replaces.</summary>
    public BatchOptions? Batch { get; init; }

    /// <inheritdoc cref="ScriptBody.Blocks"/>
    public IReadOnlyList<Block> Blocks => Body.Value.Blocks;

    /// <summary>The statements that run in its one transaction: the COMMIT at its end is ours.</summary>
    public IEnumerable<Statement> Whole => Blocks is [var only] ? only.Inner(Statements) : Statements;

    /// <summary>How the history types it.</summary>
    public string Type => Name.Kind == ScriptKind.Baseline ? AppliedType.SqlBaseline : AppliedType.Sql;

    /// <summary>Whether a placeholder names the default schema.</summary>
    public bool NamesSchema { get; init; }

    /// <summary>The description as the history has it: 200 characters at most.</summary>
    public string Stored => Name.Description is { Length: > 200 } description ? description[..197] + "..." : Name.Description;

    public override string ToString() => Path;
}
