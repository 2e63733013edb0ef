import { dismiss, spoken, toasts } from "../state/toasts";
import { Icon } from "./Icon";

export const Toasts = () => (
  <>
    <div class="toasts" role="region" aria-label="Messages">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.kind}`} role={toast.kind === "trouble" ? "alert" : "status"}>
          <Icon name={toast.kind === "trouble" ? "warn" : "check"} />
          <div>
            <p>{toast.text}</p>
            {toast.remedy && <p class="remedy">{toast.remedy}</p>}
          </div>
          <button type="button" class="plain square" aria-label="Put this message away" onClick={() => dismiss(toast.id)}>
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </div>
    <div class="unseen" aria-live="polite" aria-atomic="true">
      {spoken.value}
    </div>
  </>
);
