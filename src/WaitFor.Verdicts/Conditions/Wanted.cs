namespace WaitFor.Verdicts.Conditions;

/// <summary>What <c>--for</c> asks for: one or several, which all must be true. It takes the place of the default meaning of a target.
/// <see href="https://kubernetes.io/docs/reference/kubectl/generated/kubectl_wait/"/></summary>
public sealed class Wanted
{
    private Wanted(IReadOnlyList<WantedItem> items) => Items = items;

    /// <summary>What must be true, in the order of the command line; one or more.</summary>
    public IReadOnlyList<WantedItem> Items { get; }

    /// <summary>True: the objects are to be gone (<c>--for=delete</c>, which stands alone).</summary>
    public bool Delete => Items[0] is WantedItem.Deleted;

    /// <summary>Parses the values of all <c>--for</c> of a command line.</summary>
    /// <param name="texts">The values, such as <c>condition=Ready</c>; one or more.</param>
    /// <returns>What they ask for; or one sentence that says what is wrong, with the place in an expression.</returns>
    public static (Wanted? Wanted, string? Error) Parse(IReadOnlyList<string> texts)
    {
        var items = new List<WantedItem>();
        foreach (var text in texts)
        {
            var (item, error) = ParseOne(text);
            if (item is null)
                return (null, error);
            foreach (var other in items)
            {
                if (Contradiction(other, item) is { } why)
                    return (null, $"--for={other} and --for={item} cannot both hold: {why}");
            }

            items.Add(item);
        }

        return items.Count > 0 ? (new Wanted(items), null) : (null, "--for needs a value, such as condition=Ready");
    }

    private static (WantedItem? Item, string? Error) ParseOne(string text)
    {
        if (text.Equals("delete", StringComparison.OrdinalIgnoreCase))
            return (new WantedItem.Deleted(), null);
        if (text.Equals("create", StringComparison.OrdinalIgnoreCase))
            return (new WantedItem.Created(), null);
        if (After("condition=") is { } condition)
        {
            var (name, status) = condition.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals
                ? (condition[..equals], condition[(equals + 1)..])
                : (condition, "True");
            if (name.Length == 0)
                return Wrong("a condition's name is missing after condition=");
            return status.Length == 0 ? Wrong("a value is missing after the last =") : (new WantedItem.Condition(name, status), null);
        }

        if (After("jsonpath=") is not { } input)
            return Wrong(
                text.Length > 0 && text.All(char.IsAsciiLetter)
                    ? $"write condition={text}, jsonpath=EXPRESSION[=VALUE], delete or create"
                    : "use condition=NAME[=VALUE], jsonpath=EXPRESSION[=VALUE], delete or create"
            );
        var end = JsonPathParser.EndOf(input);
        var (path, error) = JsonPath.Parse(input[..end]);
        if (path is null)
            return Wrong($"{error!.Message}, at character {error.Offset + 1} of {input}");
        if (end == input.Length)
            return (new WantedItem.Path(path, null), null);
        if (input[end] != '=')
            return Wrong($"only =VALUE may follow the closing brace, at character {end + 1} of {input}");
        // kubectl takes quotes and spaces around the value away.
        var value = input[(end + 1)..].Trim('\'', '"').Trim();
        return value.Length > 0
            ? (new WantedItem.Path(path, value), null)
            : Wrong("a value is missing after =; leave the = out to wait for any value that is not empty");

        string? After(string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

        (WantedItem?, string?) Wrong(string why) => (null, $"--for={text}: {why}");
    }

    /// <summary>Why two cannot hold at one time; null where they can.</summary>
    private static string? Contradiction(WantedItem one, WantedItem other) =>
        (one, other) switch
        {
            (WantedItem.Deleted, WantedItem.Deleted) => null,
            (WantedItem.Deleted, _) or (_, WantedItem.Deleted) => "an object that is gone meets nothing else",
            (WantedItem.Condition first, WantedItem.Condition second) when Same(first.Name, second.Name)
                    && !Same(first.Status, second.Status) => "a condition has one status",
            (WantedItem.Path { Value: not null } first, WantedItem.Path { Value: not null } second)
                when first.Expression.Text == second.Expression.Text && first.Value != second.Value => "it has one value",
            _ => null,
        };

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>One thing that <c>--for</c> asks for.</summary>
public abstract record WantedItem
{
    private WantedItem() { }

    /// <summary>A condition with a status, both compared without case.</summary>
    /// <param name="Name">The condition's type.</param>
    /// <param name="Status">The status that it must have.</param>
    public sealed record Condition(string Name, string Status) : WantedItem
    {
        /// <inheritdoc />
        public override string ToString() => $"condition={Name}={Status}";
    }

    /// <summary>The value of an expression.</summary>
    /// <param name="Expression">The expression.</param>
    /// <param name="Value">What all its values must be, as text; null: any value that is not empty.</param>
    public sealed record Path(JsonPath Expression, string? Value) : WantedItem
    {
        /// <inheritdoc />
        public override string ToString() => $"jsonpath={Expression.Text}" + (Value is null ? "" : $"={Value}");
    }

    /// <summary>The objects first seen are gone.</summary>
    public sealed record Deleted : WantedItem
    {
        /// <inheritdoc />
        public override string ToString() => "delete";
    }

    /// <summary>The object exists.</summary>
    public sealed record Created : WantedItem
    {
        /// <inheritdoc />
        public override string ToString() => "create";
    }
}
