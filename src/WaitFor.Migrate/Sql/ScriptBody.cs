namespace WaitFor.Migrate.Sql;

/// <summary>What a script consists of.</summary>
/// <param name="Statements">The statements, in order; none where it cannot run.</param>
/// <param name="InTransaction">Whether all of it runs in one transaction: as its <c>.conf</c> says, else where every statement can, and
/// none ends a transaction before the last.</param>
/// <param name="EndsTransactions">Whether it runs in transactions that it ends itself, the next one beginning by itself, as with Flyway's
/// connection.</param>
internal sealed record ScriptBody(IReadOnlyList<Statement> Statements, bool InTransaction, bool EndsTransactions = false)
{
    /// <summary>Why the script cannot run; null where it can.</summary>
    public ScriptException? Problem { get; init; }

    /// <summary>What runs together, in order.</summary>
    public IReadOnlyList<Block> Blocks => field ??= Block.Of(Statements, InTransaction || EndsTransactions);
}
