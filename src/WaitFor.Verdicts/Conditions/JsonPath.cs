using System.Globalization;
using System.Text.Json;

namespace WaitFor.Verdicts.Conditions;

/// <summary>What is wrong with a JSONPath expression.</summary>
/// <param name="Offset">Where, in characters from the beginning of the text, from 0.</param>
/// <param name="Message">What, without the place.</param>
public sealed record JsonPathError(int Offset, string Message);

/// <summary>What an expression finds in an object.</summary>
/// <param name="Values">The values, in the order of the object; empty where a step leads nowhere.</param>
/// <param name="Missed">True where some of several branches had no such value: <c>{.items[*].ready}</c> where one item has no
/// <c>ready</c>.</param>
public sealed record JsonPathResult(IReadOnlyList<JsonElement> Values, bool Missed);

/// <summary>An expression in kubectl's dialect of JSONPath, of one path: fields, indexes, slices, unions, wildcards, filters, <c>..</c>.
/// Nothing that stands in an object makes its evaluation fail: what is missing is not found.
/// <see href="https://kubernetes.io/docs/reference/kubectl/jsonpath/"/></summary>
public sealed class JsonPath
{
    /// <summary>Values that one evaluation looks at: several <c>..</c> in a large object look at each of its values many times.</summary>
    private const int MostValues = 200_000;

    private readonly IReadOnlyList<Step> _steps;

    private JsonPath(string text, IReadOnlyList<Step> steps)
    {
        Text = text;
        _steps = steps;
    }

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>The path as <c>status.phase</c> where it has nothing but fields; else null.</summary>
    internal string? Plain =>
        _steps.Count > 0 && _steps.All(step => step is Step.Field)
            ? string.Join('.', _steps.Cast<Step.Field>().Select(step => step.Name))
            : null;

    /// <summary>True where its values may be shown: those of a Secret or a ConfigMap are not.</summary>
    internal bool Showable => _steps is [Step.Field { Name: "status" or "spec" }, ..];

    /// <summary>Parses an expression; the braces and the first dot may be left out, as in <c>kubectl wait</c>.</summary>
    /// <returns>The expression, or what is wrong with it.</returns>
    public static (JsonPath? Path, JsonPathError? Error) Parse(string text)
    {
        try
        {
            return (new JsonPath(text, new JsonPathParser(text).Expression()), null);
        }
        catch (JsonPathException exception)
        {
            return (null, new JsonPathError(exception.Offset, exception.Message));
        }
    }

    /// <summary>Finds the expression's values in an object.</summary>
    public JsonPathResult Evaluate(JsonElement root)
    {
        try
        {
            var walk = new Walk();
            return new JsonPathResult(walk.Through(_steps, [root]), walk.Missed);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // Text that is no Unicode, in the object or the expression, or more values than one evaluation looks at.
            return new JsonPathResult([], Missed: true);
        }
    }

    /// <summary>A value as kubectl prints it; null for an object, a list and null, which it does not compare.</summary>
    public static string? Printed(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => TextOf(value),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            // Go reads a number without a point and exponent as a whole one.
            JsonValueKind.Number => value.GetRawText() is var raw && raw.AsSpan().IndexOfAny(".eE") < 0 && value.TryGetInt64(out var whole)
                ? whole.ToString(CultureInfo.InvariantCulture)
                : Printed(value.GetDouble()),
            _ => null,
        };

    /// <summary>Null for text that is no Unicode: it equals nothing.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A number as Go's <c>%v</c>: the shortest digits, with an exponent from 1e+06 on and below 1e-04.</summary>
    private static string? Printed(double number)
    {
        if (!double.IsFinite(number))
            return null;
        // The fewest digits that read back as the same number.
        var scientific = Enumerable
            .Range(0, 17)
            .Select(digits => number.ToString("E" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
            .First(text => double.Parse(text, CultureInfo.InvariantCulture) == number);
        var mantissa = scientific[..scientific.IndexOf('E', StringComparison.Ordinal)];
        var exponent = int.Parse(scientific.AsSpan(mantissa.Length + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent is < -4 or >= 6
            ? $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}"
            : number.ToString("0." + new string('#', 24), CultureInfo.InvariantCulture);
    }

    private sealed class Walk
    {
        private int _looked;

        public bool Missed { get; private set; }

        public List<JsonElement> Through(IReadOnlyList<Step> steps, List<JsonElement> values, bool several = false)
        {
            Step? before = null;
            foreach (var step in steps)
            {
                var found = new List<JsonElement>();
                foreach (var value in values)
                {
                    Look();
                    var count = found.Count;
                    Take(step, value, found);
                    // Behind ".." most values have no such field, and a filter leaves out what does not match.
                    Missed |= several && found.Count == count && before is not Step.Recursive && IsSingle(step);
                }

                several |= !IsSingle(step);
                (values, before) = (found, step);
            }

            return values;
        }

        private static bool IsSingle(Step step) => step is Step.Field or Step.Slice { One: true };

        private void Take(Step step, JsonElement value, List<JsonElement> found)
        {
            switch (step)
            {
                case Step.Field field:
                    if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(field.Name, out var child))
                        found.Add(child);
                    break;
                case Step.Wildcard:
                    found.AddRange(Children(value));
                    break;
                case Step.Recursive:
                    Descend(value, found);
                    break;
                case Step.Slice slice:
                    if (value.ValueKind == JsonValueKind.Array)
                        found.AddRange(slice.Of(value.GetArrayLength()).Select(index => value[index]));
                    break;
                case Step.Union union:
                    foreach (var branch in union.Branches)
                        found.AddRange(Through([branch], [value], several: true));
                    break;
                case Step.Filter filter when value.ValueKind == JsonValueKind.Array:
                    found.AddRange(value.EnumerateArray().Where(item => Passes(filter, item)));
                    break;
            }
        }

        /// <summary>The value, if it has children, and below it all that have children.</summary>
        private void Descend(JsonElement value, List<JsonElement> found)
        {
            Look();
            var children = Children(value);
            if (children.Count == 0)
                return;
            found.Add(value);
            foreach (var child in children)
                Descend(child, found);
        }

        private static List<JsonElement> Children(JsonElement value) =>
            value.ValueKind switch
            {
                JsonValueKind.Object => [.. value.EnumerateObject().Select(property => property.Value)],
                JsonValueKind.Array => [.. value.EnumerateArray()],
                _ => [],
            };

        private bool Passes(Step.Filter filter, JsonElement item)
        {
            Look();
            // As kubectl: a side with several values is not compared.
            if (filter.Operator.Length == 0)
                return Operands(filter.Left, item).Count > 0;
            return Operands(filter.Left, item) is [var left]
                && Operands(filter.Right!, item) is [var right]
                && Scalar.Compare(left, filter.Operator, right);
        }

        private List<Scalar> Operands(Operand operand, JsonElement item)
        {
            if (operand.Literal is { } literal)
                return [literal];
            var missed = Missed;
            var values = Through(operand.Path!, [item]);
            Missed = missed;
            return [.. values.Select(Scalar.Of)];
        }

        private void Look()
        {
            if (++_looked > MostValues)
                throw new InvalidOperationException("too many values");
        }
    }
}

/// <summary>One step of a path.</summary>
internal abstract record Step
{
    /// <summary><c>.name</c> and <c>['name']</c>.</summary>
    public sealed record Field(string Name) : Step;

    /// <summary><c>.*</c>: every field of an object, every item of a list.</summary>
    public sealed record Wildcard : Step;

    /// <summary><c>..</c>: the value and all that is below it.</summary>
    public sealed record Recursive : Step;

    /// <summary><c>[a,b]</c>.</summary>
    public sealed record Union(IReadOnlyList<Step> Branches) : Step;

    /// <summary><c>[?(@.type=="Ready")]</c>; without an operator: the left side exists.</summary>
    public sealed record Filter(Operand Left, string Operator, Operand? Right) : Step;

    /// <summary><c>[0]</c>, <c>[-1]</c>, <c>[*]</c>, <c>[first:end:step]</c>; negative numbers count from the end.</summary>
    public sealed record Slice(int? First, int? End, int By, bool One) : Step
    {
        public IEnumerable<int> Of(int length)
        {
            long first = First ?? 0;
            long end = End ?? length;
            if (first < 0)
                first += length;
            if (One)
                end = first + 1;
            else if (end < 0)
                end += length;
            // Out of bounds is an error in kubectl: here it finds nothing.
            if (first < 0 || end > length)
                yield break;
            for (var index = first; index < end; index += By)
                yield return (int)index;
        }
    }
}

/// <summary>A side of a comparison: a path from the item, or a literal.</summary>
internal sealed record Operand(IReadOnlyList<Step>? Path, Scalar? Literal);

/// <summary>A value that can be compared: text, a number or a boolean; of no type for everything else.</summary>
internal readonly record struct Scalar(JsonValueKind Type, string Text, double Number)
{
    public static Scalar Of(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => new(JsonValueKind.String, value.GetString()!, 0),
            JsonValueKind.Number => new(JsonValueKind.Number, "", value.GetDouble()),
            JsonValueKind.True or JsonValueKind.False => new(JsonValueKind.True, "", value.ValueKind == JsonValueKind.True ? 1 : 0),
            _ => default,
        };

    /// <summary>False for sides of different types (an error in kubectl), whatever the operator.</summary>
    public static bool Compare(Scalar left, string comparison, Scalar right)
    {
        if (left.Type != right.Type || left.Type == JsonValueKind.Undefined)
            return false;
        var order =
            left.Type == JsonValueKind.String ? string.CompareOrdinal(left.Text, right.Text) : left.Number.CompareTo(right.Number);
        return comparison switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            _ when left.Type == JsonValueKind.True => false,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            ">=" => order >= 0,
            _ => false,
        };
    }
}
