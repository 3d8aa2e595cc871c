using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Batch;

/// <summary>What a batched script may hold: one statement that <c>${batch}</c> restricts, and SET.</summary>
internal static class BatchRules
{
    /// <summary>What ends a WHERE clause.</summary>
    private static readonly string[] EndOfWhere = ["returning", "on", "group", "order", "union", "except", "intersect"];

    /// <summary>Refuses a script that cannot run in batches.</summary>
    /// <param name="path">The script, for messages.</param>
    /// <param name="name">What its name says.</param>
    /// <param name="settings">The settings beside it.</param>
    /// <param name="options">What its batch line says.</param>
    /// <param name="statements">Its statements.</param>
    /// <exception cref="ScriptException">It cannot.</exception>
    public static void Check(
        string path,
        ScriptName name,
        ScriptSettings settings,
        BatchOptions options,
        IReadOnlyList<Statement> statements
    )
    {
        if (name.Kind != ScriptKind.Versioned)
            throw Wrong(options.Line, "only a versioned script (V...) runs in batches; make it one, or remove the batch line");
        if (settings.InTransaction == true)
            throw Wrong(
                options.Line,
                $"{Path.GetFileName(path)}{ScriptSettings.Suffix} says executeInTransaction=true, but each batch has its own "
                    + "transaction; "
                    + "remove that setting, or the batch line"
            );
        var work = statements.Where(statement => !Traits.SetsSession(statement)).ToList();
        if (work.Count == 0)
            throw Wrong(options.Line, "there is no statement; write one UPDATE, DELETE or INSERT ... SELECT with WHERE "
                + $"{BatchText.Marker}");
        if (work.Find(statement => Traits.ControlOf(statement) != TransactionControl.None) is { } control)
            throw Wrong(control.Line, $"{Traits.Start(control)}: each batch has its own transaction; remove it");
        if (work.Count > 1)
            throw Wrong(
                work[1].Line,
                $"a batched script has one statement besides SET, and this is another one (the first is in line {work[0].Line}); write a "
                    + "script for each"
            );
        CheckStatement(work[0], Wrong);

        ScriptException Wrong(int line, string why) => new($"{path}, line {line}: batch: {why}");
    }

    private static void CheckStatement(Statement statement, Func<int, string, ScriptException> wrong)
    {
        var words = Words(statement.Text);
        var verb = Verb(words);
        if (statement.Data is not null || verb is not ("update" or "delete" or "insert"))
            throw wrong(
                statement.Line,
                $"{Traits.Start(statement)} cannot run in batches; only UPDATE, DELETE and INSERT ... SELECT can"
            );
        if (verb == "insert" && !words.Exists(word => word.Text == "select"))
            throw wrong(statement.Line, "INSERT without SELECT has no rows to walk; write INSERT ... SELECT, or remove the batch line");
        var places = words.Where(word => word.IsMarker).ToList();
        if (places.Count == 0)
            throw wrong(
                statement.Line,
                $"{BatchText.Marker} does not occur in the statement, so every batch would change all rows; write WHERE {BatchText.Marker} "
                    + "AND "
                    + "..."
            );
        foreach (var word in words.Where(word => word.Text is "limit" or "offset" or "fetch"))
        {
            // The newest order of each customer, say: a subquery that the batch is not in may take one row.
            if (word.Text == "offset" || !word.TakesOne || places.Exists(place => word.Encloses(place)))
                throw wrong(
                    statement.At(1 + Runes(statement.Text, word.At)).Line,
                    $"{word.Text.ToUpperInvariant()} would leave rows out, because each batch is a range of the key; remove it: "
                        + "size says how many rows "
                        + "a "
                        + "batch has (LIMIT 1 is allowed in a subquery)"
                );
        }

        foreach (var place in places)
            CheckPlace(statement, words, place, wrong);
    }

    /// <summary>The condition of a batch restricts the rows only where it is joined by AND.</summary>
    private static void CheckPlace(Statement statement, List<Word> words, Word place, Func<int, string, ScriptException> wrong)
    {
        var level = words.Where(word => word.Level == place.Level && word.Group == place.Group).ToList();
        var at = level.IndexOf(place);
        var where = level.FindLastIndex(at, word => word.Text == "where");
        var line = statement.At(1 + Runes(statement.Text, place.At)).Line;
        if (where < 0)
            throw wrong(line, $"{BatchText.Marker} is not in a WHERE clause; write WHERE {BatchText.Marker} AND ...");
        if (level.Skip(where + 1).TakeWhile(word => !EndOfWhere.Contains(word.Text)).Any(word => word.Text == "or"))
            throw wrong(
                line,
                $"OR beside {BatchText.Marker} lets every batch change rows of others; put the other conditions in parentheses: WHERE "
                    + $"{BatchText.Marker} AND (... OR ...)"
            );
        if (at > 0 && level[at - 1].Text == "not")
            throw wrong(line, $"NOT {BatchText.Marker} is every other batch; remove NOT");
    }

    /// <summary>The verb of the statement itself: with WITH, the first one outside of its parentheses.</summary>
    private static string? Verb(List<Word> words) =>
        words is [{ Text: "with" }, ..]
            ? words.Skip(1).FirstOrDefault(word => word is { Level: 0, Text: "update" or "delete" or "insert" or "select" or "merge" })
                ?.Text
            : words.FirstOrDefault()?.Text;

    private static int Runes(string text, int at) => text[..at].EnumerateRunes().Count();

    private static List<Word> Words(string text)
    {
        var places = BatchText.Places(text);
        var (words, tokens) = (new List<Word>(), new Tokens(text));
        var (open, groups, before) = (new Stack<int>(), 0, "");
        while (tokens.Next() is { } token)
        {
            var at = tokens.Position - token.Length;
            if (token == "(")
                open.Push(++groups);
            else if (token == ")")
                _ = open.TryPop(out _);
            else if (places.Contains(at) || (before is not ("." or "as") && char.IsAsciiLetter(token[0])))
                words.Add(new Word(token, at, [.. open]) { IsMarker = places.Contains(at), TakesOne = TakesOne(text, tokens.Position) });
            before = token;
        }

        return words;
    }

    /// <summary>True for what follows LIMIT and FETCH where that is one row.</summary>
    private static bool TakesOne(string text, int at)
    {
        var tokens = new Tokens(text[at..]);
        if (tokens.Take("first") || tokens.Take("next"))
            return tokens.Take("row") || (tokens.Take("1") && (tokens.Take("row") || tokens.Take("rows")));
        return tokens.Take("1") && tokens.Peek is null or not [>= '0' and <= '9'];
    }

    /// <summary>A word, the parentheses in which it stands, innermost first, and where.</summary>
    private sealed record Word(string Text, int At, IReadOnlyList<int> Open)
    {
        public bool IsMarker { get; init; }

        public bool TakesOne { get; init; }

        public int Level => Open.Count;

        public int Group => Open.Count > 0 ? Open[0] : 0;

        public bool Encloses(Word other) => Group == 0 || other.Open.Contains(Group);
    }
}
