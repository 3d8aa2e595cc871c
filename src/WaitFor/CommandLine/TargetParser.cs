using WaitFor.Kinds;
using WaitFor.Verdicts;
using WaitFor.Watching;

namespace WaitFor.CommandLine;

/// <summary>Reads the words of the command line into targets: <c>[NAMESPACE/]KIND/NAME</c>, <c>[NAMESPACE/]KIND:SELECTOR</c>, or a verb and
/// names.</summary>
internal static class TargetParser
{
    private const string Forms = "write KIND/NAME, KIND:SELECTOR or NAMESPACE/KIND/NAME, such as job/x or deployment/web";

    /// <summary>Reads all words.</summary>
    /// <param name="words">What is left of the command line without its options.</param>
    /// <param name="set">Which objects of a kind, where none is named.</param>
    /// <param name="verbTolerance">Tolerance of a verb without a suffix (k8s-wait-for's TREAT_ERRORS_AS_READY).</param>
    /// <exception cref="UsageException">A word is no target.</exception>
    public static IReadOnlyList<Target> Parse(IReadOnlyList<string> words, AskedSet set, Tolerance verbTolerance)
    {
        if (words.Count == 0)
            throw new UsageException(
                set.Option is { } lonely
                    ? $"{lonely}: the kind is missing; write job {set.Short}, pod {set.Short} or service {set.Short}"
                    : $"no target: {Forms}; see wait-for --help"
            );
        if (words[0].Length == 0)
            throw new UsageException($"a target is empty: {Forms}");
        if (Instead.OfFirst(words) is { } instead)
            throw new UsageException($"\"{words[0]}\": {instead}");
        if (words.FirstOrDefault(HasBlank) is { } several)
            throw new UsageException(
                $"\"{several}\" is one word with a blank in it: write each word by itself, in YAML as args: "
                    + $"[{string.Join(", ", several.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}]"
            );
        // Only a whole word that is a kind is a verb: 'job' is, 'job/x' is not.
        if (words[0].AsSpan().IndexOfAny('/', ':') < 0)
            return Verb(words, set, verbTolerance);
        if (set.Option is { } option)
            throw new UsageException(
                $"{option} works only with one kind, not with the target \"{words[0]}\": write KIND {set.Short}, or "
                    + "KIND:SELECTOR as one of "
                    + "the targets"
            );
        return [.. words.Select(One)];
    }

    /// <summary>True for words that were quoted as one. A selector has blanks.</summary>
    private static bool HasBlank(string word) =>
        word.Split(':', 2)[0].Trim() is var head && head.Any(char.IsWhiteSpace) && !head.Contains('=', StringComparison.Ordinal);

    private static List<Target> Verb(IReadOnlyList<string> words, AskedSet set, Tolerance verbTolerance)
    {
        // As in kubectl, several kinds may be separated by commas: deploy,sts.
        var kinds = words[0].Split(',').Select(word => ParseKind(word, words[0])).ToList();
        if (kinds is [{ Tolerance: Tolerance.None, Of.TakesSuffix: true } only])
            kinds = [only with { Tolerance = verbTolerance }];
        if (set.Selector is { } selector && SelectorSyntax.Problem(selector) is { } problem)
            throw BadSelector(selector, problem);
        var names = NamesOf(words, kinds);
        if (set.Option is { } option)
        {
            return names.Count == 0
                ? [.. kinds.Select(kind => Create(kind, @namespace: null, name: null, set.Selector) with { FieldSelector = set.Fields })]
                : throw new UsageException(
                    $"\"{names[0]}\" and {option}: give names or {set.Short}, not both"
                        + (IsVerb(names[0]) && Instead.OfMixed(words, set.Selector) is { } both ? $"; to wait for all write {both}" : "")
                );
        }

        if (names.Count > 0)
            return [.. kinds.SelectMany(kind => names.Select(name => Create(kind, @namespace: null, name, selector: null)))];
        if (!set.Anywhere && kinds.Exists(kind => !kind.Of.IsKnown))
            throw new UsageException($"\"{words[0]}\" is neither a target nor a kind: {Forms}");
        return set.Anywhere
            ? [.. kinds.Select(kind => Create(kind, @namespace: null, name: null, selector: null))]
            : throw new UsageException(
                $"\"{words[0]}\" needs a name or a selector: write {words[0]} NAME or {words[0]} -l SELECTOR, or {words[0]} --all for all "
                    + "of the namespace"
            );
    }

    /// <summary>The names behind a verb: <c>job a b</c>, <c>job job/a</c>; the verb's own word between two names is a kind again, as in
    /// <c>job a job b</c>.</summary>
    private static List<string> NamesOf(IReadOnlyList<string> words, List<AskedKind> verbs)
    {
        var names = new List<string>();
        for (var i = 1; i < words.Count; i++)
        {
            var word = words[i];
            if (word == words[0] && names.Count > 0 && i + 1 < words.Count)
                continue;
            if (
                verbs is [var verb]
                && word.Split('/') is [var kind, var name]
                && name.Length > 0
                && TryKind(kind) is { } again
                && again.Of.Word == verb.Of.Word
            )
            {
                if (again.Tolerance != Tolerance.None && again.Tolerance != verb.Tolerance)
                    throw Mixed(word, words);
                names.Add(name);
                continue;
            }

            if (word.AsSpan().IndexOfAny('/', ':') >= 0 || (word != words[0] && names.Count > 0 && TryKind(word) is { Of.IsVerb: true }))
                throw Mixed(word, words);
            names.Add(word);
        }

        return names;
    }

    private static UsageException Mixed(string word, IReadOnlyList<string> words) =>
        new(
            $"\"{word}\" after the verb \"{words[0]}\" is not a name: only names can follow a verb; to mix kinds or namespaces write "
                + $"each target as KIND/NAME{(Instead.OfMixed(words) is { } targets ? $": {targets}" : $", such as {words[0]}/NAME")}"
        );

    private static Target One(string word)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        var parts = (colon < 0 ? word : word[..colon]).Split('/');
        // A selector may hold slashes of its own; it begins after the first colon.
        var (@namespace, kind, name) = (colon < 0, parts) switch
        {
            (true, [var k, var n]) => (null, k, n),
            (true, [var ns, var k, var n]) => (ns, k, n),
            (false, [var k]) => (null, k, null),
            (false, [var ns, var k]) => (ns, k, null),
            _ => throw new UsageException($"\"{word}\" is not a target: {Forms}"),
        };
        if (@namespace is not null && Names.ProblemOfNamespace(@namespace) is { } problem)
            throw new UsageException($"namespace \"{@namespace}\" of \"{word}\": {problem}");
        var selector = colon < 0 ? null : word[(colon + 1)..].Trim();
        var asked = ParseKind(kind, word);
        if (@namespace is not null && !asked.Of.Namespaced)
            throw new UsageException(
                $"\"{word}\": objects of the kind {asked.Of.Word} are in no namespace; write {word[(@namespace.Length + 1)..]}"
            );
        // As every line calls it: all of them.
        return Create(asked, @namespace, name, selector == "*" ? null : selector);
    }

    private static Target Create(AskedKind kind, string? @namespace, string? name, string? selector)
    {
        if (name is not null && Names.ProblemOfName(name) is { } badName)
            throw new UsageException(
                name.Length == 0 ? $"the name is empty: {Forms}" : $"name \"{name}\": {badName}{Then(Instead.OfName(kind.Of.Word, name))}"
            );
        if (selector is not null && SelectorSyntax.Problem(selector) is { } badSelector)
            throw selector.Length == 0 ? new UsageException($"the selector is empty: {Forms}") : BadSelector(selector, badSelector);
        return new Target(
            new Expectation
            {
                Kind = kind.Of.InRules,
                Named = name is not null,
                Tolerance = kind.Tolerance,
            },
            name,
            selector
        )
        {
            Kind = kind.Of,
            AskedNamespace = @namespace,
        };
    }

    private static UsageException BadSelector(string selector, string problem) =>
        new($"selector \"{selector}\": {problem}{Then(Instead.OfSelector(selector))}");

    private static string Then(string? instead) => instead is null ? "" : $"; {instead}";

    /// <summary>kubectl's singular, plural, short and group forms, with k8s-wait-for's suffixes. A kind that the program does not know is
    /// asked of the server.</summary>
    private static AskedKind ParseKind(string text, string word)
    {
        var kind =
            TryKind(text)
            ?? (
                Names.ProblemOfName(text.ToLowerInvariant()) is null
                    ? new AskedKind(new GenericKind(text), Tolerance.None)
                    : throw new UsageException(
                        text == word
                            ? $"\"{word}\" is neither a target nor a kind: {Forms}"
                            : $"unknown kind \"{text}\" in \"{word}\": {Forms}"
                    )
            );
        return kind is { Of.TakesSuffix: false, Tolerance: not Tolerance.None }
            ? throw new UsageException($"\"{text}\": the suffixes -we and -wr are for jobs and pods; write {kind.Of.Word}")
            : kind;
    }

    /// <summary>True for a word that is a kind by itself, such as <c>job-wr</c>: names or a selector follow it.</summary>
    public static bool IsVerb(string word) => TryKind(word) is not null;

    /// <summary>The kind that a word means; null where it means none.</summary>
    private static AskedKind? TryKind(string text)
    {
        var (form, tolerance) = text switch
        {
            _ when text.EndsWith("-we", StringComparison.OrdinalIgnoreCase) => (text[..^3], Tolerance.FailedEnd),
            _ when text.EndsWith("-wr", StringComparison.OrdinalIgnoreCase) => (text[..^3], Tolerance.IfSomeSucceeded),
            _ => (text, Tolerance.None),
        };
        return KnownKinds.Find(form) is { } kind ? new AskedKind(kind, tolerance) : null;
    }

    /// <summary>A kind with its suffix.</summary>
    private sealed record AskedKind(Kind Of, Tolerance Tolerance);
}

/// <summary>Which objects of a kind are meant where the command line names none.</summary>
/// <param name="Selector">Label selector; null for none.</param>
/// <param name="Fields">Field selector; null for none.</param>
/// <param name="All">True: <c>--all</c>.</param>
/// <param name="Anywhere">True: a kind alone means all of its objects, since <c>--all</c>, <c>-A</c> or <c>-n</c> says where.</param>
internal sealed record AskedSet(string? Selector, string? Fields, bool All, bool Anywhere)
{
    /// <summary>No set was asked for.</summary>
    public static readonly AskedSet None = new(Selector: null, Fields: null, All: false, Anywhere: false);

    /// <summary>The option that asks for a set, with its value; null where none does.</summary>
    public string? Option =>
        Selector is not null ? $"--selector \"{Selector}\""
        : Fields is not null ? $"--field-selector \"{Fields}\""
        : All ? "--all"
        : null;

    /// <summary>The same as it is written in a message.</summary>
    public string Short =>
        Selector is not null ? "-l SELECTOR"
        : Fields is not null ? "--field-selector SELECTOR"
        : "--all";
}
